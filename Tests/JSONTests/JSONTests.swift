import JSON
import TestSupport
import Testing

struct JSONTests {
    private func read(_ text: String) -> JSONValue? { JSONValue(Array(text.utf8)) }

    private static let valid: [(String, JSONValue)] = [
        ("null", JSONValue.null), ("true", true), (" false\n", false), ("0", .integer(0)),
        ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5e3", .number(1500)),
        ("1E-2", .number(0.01)), (#""a\"\\\/\b\f\n\r\tb""#, "a\"\\/\u{8}\u{C}\n\r\tb"),
        (#""\u00e9\uD83D\uDE00""#, "é😀"), ("\"日本\"", "日本"), ("[]", .array([])),
        ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])), ("{}", [:]),
        (#"{"a": {"b": null}, "c": []}"#, ["a": ["b": .null], "c": .array([])]),
    ]

    @Test(arguments: valid)
    func `takes what RFC 8259 describes`(text: String, value: JSONValue) {
        #expect(read(text) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN",
        "1e999", "'a'", "\"", "\"a", "\"\t\"", #""\x""#, #""\u12""#, #""\uD83D""#, #""\uDE00""#,
        #""\uD83Dx""#, "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{1:2}", #"{"a"}"#,
        #"{"a":}"#,
        #"{"a":1,}"#, #"{"a":1 "b":2}"#, #"{"a":1,"a":2}"#, "1 2", "[] []", "// a\n1", "\u{FEFF}1",
        "<html>",
    ])
    func `refuses everything else`(text: String) { #expect(read(text) == nil) }

    @Test func `refuses what is no UTF-8`() {
        #expect(JSONValue([0x22, 0xFF, 0x22]) == nil)
        #expect(JSONValue([0x22, 0xC0, 0x80, 0x22]) == nil)
        #expect(JSONValue([0x22, 0xED, 0xA0, 0x80, 0x22]) == nil)
    }

    @Test func `bounds the depth`() {
        let deepest = JSONValue.maximumDepth
        let fits = String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
        #expect(read(fits) != nil)
        #expect(read("[\(fits)]") == nil)
        #expect(read(String(repeating: "[", count: 60000)) == nil)
    }

    @Test func `a name that comes twice is found among thousands`() {
        let members = (0..<8000).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(read("{\(members)}")?["7999"] == .integer(0))
        #expect(read("{\(members),\"0\":1}") == nil)
        #expect(read("{\(members),\"7999\":1}") == nil)
    }

    @Test func `a whole number may be written with a fraction`() {
        #expect(read("60.0")?.integer == 60)
        #expect(read("6e1")?.integer == 60)
        #expect(read("60.5")?.integer == nil)
        #expect(read("1e300")?.integer == nil)
    }

    @Test func `escapes what a reader, or a terminal, would take for something else`() {
        let value = JSONValue.string("\"\\\n\u{1}\u{1B}\u{7F}\u{9B}é")
        #expect(value.text == #""\"\\\n\u0001\u001b\u007f\u009bé""#)
        #expect(read(value.text) == value)
    }

    @Test func `what is read, written and read again is the same, whatever it is`() {
        let seeds = [
            #"{"session":"a","share_v":"BAE=","confirm_v":[1,-2.5,null,true,{"x":"é\n"}]}"#,
            #"[{"a":[{"b":"\ud83d\ude00"}]},12345678901234567890]"#,
        ]
        var random = SeededRandom(seed: 8259)
        var taken = 0
        for round in 0..<20000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: index)
                default:
                    bytes.insert(bytes[Int.random(in: bytes.indices, using: &random)], at: index)
                }
            }
            guard let value = JSONValue(bytes) else { continue }
            taken += 1
            #expect(JSONValue(value.encoded) == value)
        }
        #expect(taken > 1000)
    }
}
