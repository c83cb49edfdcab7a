import ClockCheck
import TestSupport
import Testing

@Suite struct KeyExchangeTests {
    private func record(_ head: UInt16, _ body: [UInt8] = []) -> [UInt8] {
        let numbers = [head, UInt16(body.count)]
        return numbers.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } + body
    }

    /// As chronyd answers: protocol, AEAD, eight cookies of 100 bytes, end.
    private var start: [UInt8] { record(0x8001, [0, 0]) + record(0x8004, [0, 15]) }
    private var end: [UInt8] { record(0x8000) }
    private func cookie(_ byte: UInt8, _ count: Int = 100) -> [UInt8] {
        record(0x0005, bytes(byte, count))
    }
    private var cookies: [UInt8] { (1...8).flatMap { cookie($0) } }

    private func failure(_ bytes: [UInt8]) -> NTSKeyExchange.Failure? {
        do throws(NTSKeyExchange.Failure) {
            _ = try NTSKeyExchange.read(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the request and the exporter's contexts`() {
        #expect(NTSKeyExchange.request == hex("80010002000080040002000f80000000"))
        #expect(NTSKeyExchange.exporterContext(isClientToServer: true) == [0, 0, 0, 15, 0])
        #expect(NTSKeyExchange.exporterContext(isClientToServer: false) == [0, 0, 0, 15, 1])
    }

    @Test func `an answer`() throws {
        let answer = try NTSKeyExchange.read(start + cookies + end)
        #expect(answer.cookies == (1...8).map { bytes($0, 100) })
        #expect(answer.server == nil && answer.port == 123)
        let elsewhere = try NTSKeyExchange.read(
            start + record(6, Array("ntp.example".utf8)) + record(0x8007, [0x10, 0x01]) + cookies
                + end)
        #expect(elsewhere.server == "ntp.example" && elsewhere.port == 4097)
    }

    @Test func `records in another order, not critical, and behind the end`() throws {
        let answer = try NTSKeyExchange.read(
            cookie(1) + record(4, [0, 15]) + record(0x7FFF, [1, 2, 3]) + record(1, [0, 0])
                + record(0) + record(0x8002, [0, 0]))
        #expect(answer.cookies == [bytes(1, 100)])
    }

    @Test func `a record that is unknown and critical ends it`() {
        #expect(failure(start + record(0x8008) + cookies + end) == .unknownRecord(8))
        #expect(failure(start + record(0xFFFF, [1]) + cookies + end) == .unknownRecord(0x7FFF))
        #expect(failure(start + record(0x0008) + cookies + end) == nil)
    }

    @Test func `an error or a warning is no answer`() {
        for code: UInt8 in [0, 1, 2, 99] {
            for critical: UInt16 in [0, 0x8000] {
                let (error, warning) = (
                    record(critical | 2, [0, code]), record(critical | 3, [0, code])
                )
                #expect(failure(error + end) == .refused(UInt16(code)))
                #expect(failure(start + cookies + error + end) == .refused(UInt16(code)))
                #expect(failure(start + cookies + warning + end) == .warned(UInt16(code)))
            }
        }
        #expect(failure(record(0x8002) + end) == .refused(.max))
    }

    @Test func `another protocol or AEAD is nothing in common`() {
        let (protocols, algorithms) = (record(0x8001, [0, 0]), record(0x8004, [0, 15]))
        for bytes in [
            record(0x8001, [0x80, 0]) + algorithms, record(0x8001) + algorithms,
            protocols + record(0x8004, [0, 16]), protocols + record(0x8004), protocols, algorithms,
            protocols + record(0x8004, [0, 15, 0, 16]), [],
        ] {
            #expect(failure(bytes + cookies + end) == .nothingInCommon)
        }
    }

    @Test func `what is not as it should be`() {
        for bytes in [
            start, start + start + cookies, record(1, [0]) + start, record(0x8004, [15]) + start,
            start + cookie(1, 0), start + cookie(1, 99), start + cookie(1, 260),
            start + record(6) + cookies, start + record(6, [0x20]) + cookies,
            start + record(6, Array("a\u{1B}b".utf8)) + cookies,
            start + record(6, [0xC3, 0xA4]) + cookies,
            start + record(6, bytes(0x61, 256)) + cookies,
            start + record(6, [0x61]) + record(6, [0x61]) + cookies,
            start + record(7) + cookies, start + record(7, [0, 0]) + cookies,
            start + record(7, [1]) + cookies, start + record(7, [0, 0, 1]) + cookies,
            start + record(7, [0, 1]) + record(7, [0, 2]) + cookies,
            start + cookies + record(0x8000, [1]),
        ] {
            guard case .malformed = failure(bytes + end) else {
                Issue.record("\(bytes)")
                continue
            }
        }
        #expect(failure(start + cookies) == .malformed("no end"))
    }

    @Test func `the bounds are within`() throws {
        let largest = try NTSKeyExchange.read(
            start + cookie(1, 256) + record(6, bytes(0x61, 255)) + record(7, [0xFF, 0xFF]) + end)
        #expect(largest.cookies == [bytes(1, 256)] && largest.server?.utf8.count == 255)
        #expect(largest.port == 65535)
        let nine = try NTSKeyExchange.read(start + cookies + cookie(9) + end)
        #expect(nine.cookies.count == 8 && nine.cookies.last == bytes(8, 100))
        let filler = NTSKeyExchange.maximumCount - (start + cookies + end).count - 4
        for (count, isTaken) in [(filler, true), (filler + 1, false)] {
            let answer = start + cookies + record(0x0100, bytes(0, count)) + end
            #expect((failure(answer) == nil) == isTaken)
        }
    }

    @Test func `an answer cut short at any byte is not complete, and refused`() {
        let answer = start + record(6, Array("a.example".utf8)) + cookies + end
        for count in 0..<answer.count {
            let cut = Array(answer.prefix(count))
            #expect(!NTSKeyExchange.isComplete(cut) && failure(cut) == .malformed("no end"))
        }
        #expect(NTSKeyExchange.isComplete(answer) && NTSKeyExchange.isComplete(answer + [1, 2]))
        #expect(NTSKeyExchange.isComplete(end) && !NTSKeyExchange.isComplete([0x80, 0, 0, 1]))
    }
}
