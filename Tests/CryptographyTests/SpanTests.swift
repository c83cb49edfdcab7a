import Cryptography
import TestSupport
import Testing

@Suite struct SpanTests {
    private let text = Array("ab\ncd\n\ne".utf8)

    @Test func `a byte is found where it stands first`() {
        for start in 0...text.count {
            for byte in UInt8(0)...127 {
                #expect(
                    text.span.firstIndex(of: byte, from: start)
                        == text[start...].firstIndex(of: byte))
            }
        }
        #expect([UInt8]().span.firstIndex(of: 0) == nil)
    }

    @Test func `a word stands at one place, and ends where the range ends`() {
        #expect(text.span.holds("cd", at: 3) && text.span.holds("cd", in: 3..<5))
        #expect(text.span.holds("c", at: 3) && !text.span.holds("c", in: 3..<5))
        #expect(!text.span.holds("cd", in: 3..<4) && !text.span.holds("cd", at: 2))
        #expect(text.span.holds("", at: 0) && text.span.holds("", at: 8))
        #expect(text.span.holds("", in: 8..<8) && !text.span.holds("", at: 9))
        #expect(text.span.holds("e", at: 7) && !text.span.holds("ef", at: 7))
        #expect(!text.span.holds("ab", at: -1) && !text.span.holds("ab", at: .max))
    }

    @Test func `printable ASCII becomes a text, anything else does not`() {
        for byte in UInt8.min...UInt8.max {
            let bytes = Array("ab".utf8) + [byte] + Array("cdefghijklmnopqrstuvwxyz".utf8)
            let isPrintable = (0x20...0x7E).contains(byte)
            #expect(
                bytes.span.printableASCII
                    == (isPrintable ? String(decoding: bytes, as: UTF8.self) : nil))
        }
        #expect([UInt8]().span.printableASCII == "")
    }
}
