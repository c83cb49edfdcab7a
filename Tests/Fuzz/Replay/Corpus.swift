import Foundation
import FuzzTargets
import TestSupport

/// The inputs that are kept for a target: what reaches most of its places, and what was once found.
struct Corpus: Sendable {
    static let folder = "Tests/Fuzz/Corpus"

    let target: FuzzTarget
    let files: [(name: String, bytes: [UInt8])]

    init(_ target: FuzzTarget) throws {
        self.target = target
        let folder = Repository.file("\(Self.folder)/\(target.rawValue)")
        files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            ($0, [UInt8](try Data(contentsOf: folder.appending(path: $0))))
        }
    }
}

/// Alters inputs, the same way for the same seed.
struct Mutator {
    var random: SeededRandom
    /// From where parts are taken.
    let others: [[UInt8]]

    /// One to four changes: of bits, of bytes, of order, or by parts of other inputs.
    mutating func mutate(_ input: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = range(in: bytes)
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            guard place.lowerBound < bytes.count else { return }
            bytes[place.lowerBound] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1:
            guard place.lowerBound < bytes.count else { return }
            bytes[place.lowerBound] = UInt8.random(in: .min ... .max, using: &random)
        case 2:
            bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place.lowerBound)
        case 3: bytes.removeSubrange(place)
        case 4: bytes.insert(contentsOf: bytes[place], at: place.upperBound)
        case 5: bytes = Array(bytes[..<place.lowerBound])
        default:
            let other = others.randomElement(using: &random) ?? []
            bytes.replaceSubrange(place, with: other[range(in: other)])
        }
    }

    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &random)
        return start..<min(bytes.count, start + Int.random(in: 0...64, using: &random))
    }
}
