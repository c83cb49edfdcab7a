/// A value that several others refer to; a secret in it is wiped when the last of them goes.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
    let value: Value

    init(_ value: consuming Value) { self.value = value }
}
