import Cryptography
import TestSupport
import Testing
import TokenStore

/// Nothing but what was written opens.
@Suite struct AlterationTests {
    private let workshop = Workshop()
    private let small = "token\n" + PlaintextTests.lines.joined(separator: "\n") + "\nend\n"

    @Test func `every altered bit is refused`() throws {
        let file = try workshop.store(small)
        try #require(failure(opening: file) == nil)
        let firstLine = 17
        let kind = firstLine + 5..<firstLine + 11
        let body = try #require(
            file.indices.filter { file[$0] == 0x0A }.dropFirst(2).first)
        for (bit, altered) in file.bitFlips {
            let error = failure(opening: altered)
            switch (bit / 8, error) {
            case (0..<firstLine, .notAStore): break
            case (kind, .damaged), (kind, .notAuthentic): break
            case (firstLine...body, .damaged), (firstLine..<body, .notAuthentic): break
            case (body..., .notAuthentic): break
            default: Issue.record("bit \(bit): \(String(describing: error))")
            }
        }
    }

    @Test func `every truncated store is refused`() throws {
        let file = try workshop.store(small)
        for count in 0..<file.count {
            switch (count, failure(opening: Array(file.prefix(count)))) {
            case (0..<17, .notAStore), (17..., .damaged), (17..., .notAuthentic): break
            case (_, let error): Issue.record("\(count) bytes: \(String(describing: error))")
            }
        }
    }

    @Test(arguments: [[0], [0x0A], bytes(0, 16), Array("token\nend\n".utf8)])
    func `a store with bytes behind it is refused`(_ more: [UInt8]) throws {
        let file = try workshop.store(small)
        #expect(failure(opening: file + more) == .notAuthentic)
        #expect(failure(opening: more + file) == .notAStore)
        #expect(failure(opening: file + file) == .notAuthentic)
    }

    /// A worked store with several slots, line by line, and its body.
    private func several() throws -> (lines: [String], body: [UInt8]) {
        let file = try Fixture.read("several.store")
        var lines: [String] = []
        var rest = file[...]
        while lines.count < 6, let end = rest.firstIndex(of: 0x0A) {
            lines.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[(end + 1)...]
        }
        try #require(lines[0] == "otptoken-store/1" && lines[5].hasPrefix("mac "))
        return (lines, Array(rest))
    }

    private func refusal(of lines: [String], _ body: [UInt8]) throws -> StoreError? {
        var workshop = Workshop()
        workshop.device = try Fixture.device().exposed
        return failure(
            opening: Array(lines.map { $0 + "\n" }.joined().utf8) + body, with: workshop)
    }

    @Test func `slots that were exchanged, doubled, added or taken away are refused`() throws {
        let (lines, body) = try several()
        #expect(try refusal(of: lines, body) == nil)
        let broken = StoreError.notAuthentic
        for first in 1..<5 {
            for second in first + 1..<5 {
                var exchanged = lines
                exchanged.swapAt(first, second)
                #expect(try refusal(of: exchanged, body) == broken, "\(first) and \(second)")
            }
            var doubled = lines
            doubled.insert(lines[first], at: first)
            #expect(try refusal(of: doubled, body) == broken, "\(first) doubled")
            var shorter = lines
            let gone = shorter.remove(at: first)
            let expected = gone.hasPrefix("slot device ") ? StoreError.noSlotOpens : broken
            #expect(try refusal(of: shorter, body) == expected, "\(first) taken away")
        }
        var longer = lines
        longer.insert("slot another x", at: 5)
        #expect(try refusal(of: longer, body) == broken)
    }

    @Test func `the slot of another store of the same machine is refused`() throws {
        var other = workshop
        other.key = bytes(0x77, 32)
        other.salt = bytes(0x78, 16)
        let file = try workshop.store(small)
        let own = try workshop.slot()
        let text = try other.slot()
        let start = 17
        let mixed = Array(file[..<start]) + Array(text.utf8) + file[(start + own.utf8.count)...]
        #expect(failure(opening: mixed) == .notAuthentic)
        // A slot that opens with this device but belongs to no key of this store.
        let both = try workshop.store(small, slots: [text, own])
        #expect(failure(opening: both) == .notAuthentic)
    }

    @Test func `the header of one save does not go with the body of another`() throws {
        let first = try workshop.store(small, slots: [workshop.slot()])
        let second = try workshop.store(small, slots: [workshop.slot(), "slot new x"])
        let end = { (file: [UInt8], lines: Int) in
            (file.indices.filter { file[$0] == 0x0A }[lines - 1]) + 1
        }
        let mixed = Array(first[..<end(first, 3)]) + second[end(second, 4)...]
        #expect(failure(opening: second) == nil)
        #expect(failure(opening: mixed) == .notAuthentic)
    }

    @Test func `a wrong MAC is refused although the body is sealed with it`() throws {
        let mac = try HMAC.authenticate(
            Array("otptoken-store/1\n\(workshop.slot())\nmac ".utf8),
            key: HKDF.derive(
                from: SecretBytes(workshop.key), purpose: "otptoken-store/1 header"))
        #expect(failure(opening: try workshop.store([], mac: mac)) == nil)
        for (bit, altered) in mac.bitFlips {
            let error = failure(opening: try workshop.store([], mac: altered))
            #expect(error == .notAuthentic, "bit \(bit)")
        }
    }

    @Test func `a file that is too long is not even read`() {
        #expect(failure(opening: bytes(0, SealedStore.maximumCount + 1)) == .tooLarge)
    }
}
