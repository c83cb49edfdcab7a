import Platform
import Testing

@Suite struct `The bounds of HTTP` {
    static let small = HTTPLimits(head: 100, fields: 3, body: 10)

    private func head(_ count: Int) -> String {
        let start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: "
        return start + String(repeating: "x", count: count - start.utf8.count - 4) + "\r\n\r\n"
    }

    private func isMessage(_ parsed: Parsed) -> Bool {
        if case .message = parsed { true } else { false }
    }

    @Test func `a head up to the bound is taken, one byte more is not`() {
        #expect(isMessage(parse(.response, head(100), limits: Self.small)))
        for more in [101, 102, 103, 200, 5000] {
            let pieces = head(more).utf8.map { [$0] }
            #expect(parse(.response, head(more), limits: Self.small) == .refused(.headTooLarge))
            #expect(parse(.response, pieces, limits: Self.small) == .refused(.headTooLarge))
        }
    }

    @Test func `a line without an end is not collected for ever`() {
        var parser = HTTPParser(.response)
        #expect(throws: HTTPError.headTooLarge) {
            for _ in 0..<100 { _ = try parser.feed([UInt8](repeating: 65, count: 1000)) }
        }
    }

    @Test func `so many fields and no more`() {
        func text(_ count: Int) -> String {
            "HTTP/1.1 204 OK\r\n" + String(repeating: "A: b\r\n", count: count) + "\r\n"
        }
        #expect(isMessage(parse(.response, text(3), limits: Self.small)))
        #expect(parse(.response, text(4), limits: Self.small) == .refused(.headTooLarge))
        #expect(isMessage(parse(.response, text(64))))
        #expect(parse(.response, text(65)) == .refused(.headTooLarge))
    }

    @Test func `a trailer counts with the head`() {
        let start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        #expect(isMessage(parse(.response, start + "A: b\r\n\r\n", limits: Self.small)))
        #expect(
            parse(
                .response, start + String(repeating: "A: b\r\n", count: 20) + "\r\n",
                limits: Self.small) == .refused(.headTooLarge))
    }

    @Test(arguments: [
        "Content-Length: 11\r\n\r\n", "Content-Length: 999999999\r\n\r\n",
        "\r\n01234567890", "Transfer-Encoding: chunked\r\n\r\nb\r\n",
        "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n5\r\n",
    ]) func `a body beyond the bound`(rest: String) {
        let text = "HTTP/1.1 200 OK\r\n" + rest
        #expect(parse(.response, text, limits: Self.small) == .refused(.bodyTooLarge))
        #expect(
            parse(.response, text.utf8.map { [$0] }, limits: Self.small) == .refused(.bodyTooLarge))
    }

    @Test(arguments: [
        "Content-Length: 10\r\n\r\n0123456789", "\r\n0123456789",
        "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n",
    ]) func `a body at the bound`(rest: String) {
        #expect(isMessage(parse(.response, "HTTP/1.1 200 OK\r\n" + rest, limits: Self.small)))
    }

    @Test func `the usual bound of a body is 64 KiB`() {
        let body = [UInt8](repeating: 7, count: 64 << 10)
        let head = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        #expect(isMessage(parse(.response, [head, body])))
        #expect(parse(.response, [head, body, [7]]) == .refused(.bodyTooLarge))
    }
}

/// A small generator with a seed (SplitMix64): the same run every time.
struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

@Suite struct `HTTP at random` {
    @Test(arguments: 0..<8) func `mutated messages never depend on how they arrive`(seed: Int) {
        var dice = Dice(state: UInt64(seed))
        let samples = `HTTP messages`.samples
        var messages = 0
        for _ in 0..<400 {
            let (role, text) = samples[Int.random(in: samples.indices, using: &dice)]
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 0...4, using: &dice) { mutate(&bytes, &dice) }
            let whole = parse(role, [bytes])
            if case .message = whole { messages += 1 }
            #expect(parse(role, fragments(bytes, &dice)) == whole, "\(bytes)")
        }
        // Both outcomes have been seen, or there was nothing to compare.
        #expect((40..<390).contains(messages))
    }

    private func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
        let spice: [UInt8] = [0, 9, 10, 13, 32, 45, 48, 57, 58, 59, 65, 102, 127, 255]
        let at = Int.random(in: 0...bytes.count, using: &dice)
        let byte = spice[Int.random(in: spice.indices, using: &dice)]
        switch Int.random(in: 0..<5, using: &dice) {
        case 0 where at < bytes.count: bytes[at] = byte
        case 1 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
        case 2 where at < bytes.count: bytes.remove(at: at)
        case 3: bytes.insert(contentsOf: bytes.prefix(at), at: at)
        default: bytes.insert(byte, at: at)
        }
    }

    private func fragments(_ bytes: [UInt8], _ dice: inout Dice) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...9, using: &dice))
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
