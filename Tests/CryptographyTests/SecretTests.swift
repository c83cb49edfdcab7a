import Cryptography
import Dispatch
import TestSupport
import Testing

private struct Interruption: Error {}

@Suite struct SecretBytesTests {
    @Test func `bytes are zero until they are filled`() {
        let zeros = SecretBytes(zeros: 64).exposed
        #expect(zeros == bytes(0, 64))
        #expect(SecretBytes(zeros: 0).exposed == [])
    }

    @Test func `a filler that throws is passed on`() {
        #expect(throws: Interruption.self) {
            _ = try SecretBytes(count: 4) { span in
                span[0] = 1
                throw Interruption()
            }
        }
    }

    @Test func `a slice has bytes of its own`() {
        var whole = SecretBytes([0, 1, 2, 3, 4])
        let middle = whole.slice(1..<4)
        let none = whole.slice(5..<5).exposed
        whole.withMutableBytes { $0[2] = 99 }
        #expect(middle.exposed == [1, 2, 3])
        #expect(whole.exposed == [0, 1, 99, 3, 4])
        #expect(none == [])
    }

    @Test func `a clone has bytes of its own`() {
        var first = SecretBytes([1, 2, 3])
        let second = first.clone()
        first.withMutableBytes { $0[0] = 9 }
        #expect(second.exposed == [1, 2, 3])
    }

    @Test func `equal is equal in every byte and in length`() {
        let secret = SecretBytes(bytes(0x5A, 33))
        let same = secret.equals(SecretBytes(bytes(0x5A, 33)))
        #expect(same)
        for (bit, altered) in bytes(0x5A, 33).bitFlips {
            let equal = secret.equals(SecretBytes(altered))
            #expect(!equal, "bit \(bit)")
        }
        let shorter = secret.equals(SecretBytes(bytes(0x5A, 32)))
        let longer = secret.equals(SecretBytes(bytes(0x5A, 34)))
        #expect(!shorter && !longer)
        #expect(constantTimeEqual([UInt8](), []))
        #expect(!constantTimeEqual([UInt8](), [0]))
    }

    @Test func `random bytes have the length and are not the same twice`() throws {
        let first = try SecretBytes.random(count: 32).exposed
        let second = try SecretBytes.random(count: 32).exposed
        #expect(first.count == 32)
        #expect(first != second)
        #expect(try SecretBytes.random(count: 0).exposed == [])
        // More than getrandom gives in one call.
        let many = try SecretBytes.random(count: 1 << 20).exposed
        #expect(many.suffix(64) != bytes(0, 64)[...])
    }

    @Test func `public randomness is what its source says`() throws {
        let script = ScriptedRandom([[1, 2, 3]])
        #expect(try publicRandom(count: 3, from: script.draw) == [1, 2, 3])
        #expect(throws: CryptographyError.libraryFailed) {
            try publicRandom(count: 3, from: script.draw)
        }
    }
}

/// Where secrets lie: an arena of 1 MiB in granules of 32 bytes, pages of their own, or ordinary memory.
@Suite struct SecretMemoryTests {
    private static func filled(_ count: Int, _ byte: UInt8) -> SecretBytes {
        SecretBytes(count: count) { span in
            for index in span.indices { span[index] = byte }
        }
    }

    private static func holds(_ secret: borrowing SecretBytes, _ byte: UInt8) -> Bool {
        secret.withBytes { span in span.indices.allSatisfy { span[$0] == byte } }
    }

    @Test(arguments: [
        0, 1, 31, 32, 33, 64, 4095, 4096, 4097, 16383, 16384, 16385, 1 << 20, 1 << 20 + 1,
    ])
    func `a secret has any length`(count: Int) {
        let first = Self.filled(count, 0xAA)
        let second = Self.filled(count, 0x55)
        let apart = Self.holds(first, 0xAA) && Self.holds(second, 0x55)
        #expect(apart && first.count == count)
    }

    @Test func `memory that is used again is zero`() {
        for round in 0..<3 {
            var secrets: [Shared<SecretBytes>] = []
            for count in 0..<600 {
                let fresh = SecretBytes(zeros: count)
                let isZero = Self.holds(fresh, 0)
                #expect(isZero, "\(count) bytes in round \(round)")
                secrets.append(Shared(Self.filled(count, 0xFF)))
            }
            // Holes of all sizes are left between those that stay.
            for index in secrets.indices.reversed() where index % 3 != 0 {
                secrets.remove(at: index)
            }
        }
    }

    @Test func `threads keep more secrets than there is room for, each its own`() {
        // Each has up to 8,000 of 48 bytes on average, half as much again as the arena holds, and wipes and makes
        // others all the while.
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            var random = SeededRandom(seed: UInt64(thread))
            var secrets: [(secret: Shared<SecretBytes>, byte: UInt8)] = []
            for number in 0..<20_000 {
                if secrets.count < 8_000 {
                    let byte = UInt8.random(in: 1...255, using: &random)
                    let count = number % 100 == 0 ? 5_000 : Int.random(in: 1...95, using: &random)
                    secrets.append((Shared(Self.filled(count, byte)), byte))
                } else {
                    let index = Int.random(in: secrets.indices, using: &random)
                    let (secret, byte) = secrets[index]
                    let holds = Self.holds(secret.value, byte)
                    #expect(holds)
                    secrets.swapAt(index, secrets.count - 1)
                    secrets.removeLast()
                }
            }
            #expect(secrets.allSatisfy { Self.holds($0.secret.value, $0.byte) })
        }
    }
}

@Suite struct SecretBufferTests {
    @Test(arguments: [0, 1, 2, 255, 256, 257])
    func `a buffer grows from any capacity`(_ capacity: Int) {
        var buffer = SecretBuffer(capacity: capacity)
        var expected: [UInt8] = []
        for number in 0..<1000 {
            buffer.append(UInt8(truncatingIfNeeded: number))
            expected.append(UInt8(truncatingIfNeeded: number))
        }
        let many = bytes(7, 5000)
        buffer.append(many.span)
        buffer.append([UInt8]().span)
        buffer.append("é終")
        expected += many + Array("é終".utf8)
        #expect(buffer.count == expected.count)
        #expect(buffer.withBytes { Array(copying: $0) } == expected)
        #expect(buffer.finish().exposed == expected)
    }

    @Test func `the last byte comes off, as long as there is one`() {
        var buffer = SecretBuffer(capacity: 2)
        buffer.append("ab")
        buffer.removeLast()
        #expect(buffer.exposedText == "a")
        buffer.removeLast()
        buffer.removeLast()
        #expect(buffer.count == 0)
        buffer.append("c")
        #expect(buffer.finish().exposed == [0x63])
    }
}
