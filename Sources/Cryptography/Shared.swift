/// A value with one owner, to which several others refer; a secret in it is wiped when the last of them goes.
package final class Shared<Value: ~Copyable & Sendable>: Sendable {
    package let value: Value

    package init(_ value: consuming Value) { self.value = value }
}
