import Cryptography
import JSON
import TestSupport
import Testing

@Suite struct `JSON that holds secrets` {
    private func read(_ text: String) -> SecretJSON? { SecretJSON(Shared(SecretBytes(text: text))) }

    @Test func `is read by paths of names`() throws {
        let json = try #require(
            read(
                #" {"a":{"b":"x\u00e9\n\"\ud83d\ude00","n":[1,{"c":2}],"i":12.75},"t":true,"z":0} "#
            ))
        #expect(json.string("a", "b") == "xé\n\"😀")
        #expect(json.secret("a", "b")?.count == 9)
        #expect(json.integer("a", "i") == 12 && json.integer("a", "b") == nil)
        #expect(json.isTrue("t") && json.isTrue("a") && !json.isTrue("z") && !json.isTrue("q"))
        #expect(json.isThere("z") && !json.isThere("a", "q") && json.string("t") == nil)
        let list = try #require(read(#"{"l":[{"a":"x"}, 2,[ ]],"s":[-1,0, 127,255],"b":[300]}"#))
        #expect(list.elements("l")?.first?.string("a") == "x" && list.elements("l")?.count == 3)
        #expect(list.elements("s")?.count == 4 && list.elements("q") == nil)
        #expect(list.bytes("s")?.exposed == [255, 0, 127, 255])
        #expect(list.bytes("b") == nil && list.bytes("l") == nil)
        #expect(list.value("l")?.elements()?.count == 3)
        func array(_ count: Int) -> SecretJSON? {
            read("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]")
        }
        #expect(array(100_000)?.elements()?.count == 100_000 && array(100_001)?.elements() == nil)
        #expect(read(#"{"a":1,"a":2}"#)?.integer("a") == nil)
        #expect(read(#"{"a":"\ud800"}"#)?.string("a") == nil)
    }

    @Test(arguments: [
        "", "{", "{}x", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "[1,]", "01", "1.", "-", "1e", "tru",
        "'a'",
        "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\u{1}\"", String(repeating: "[", count: 40),
        String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
    ]) func `is nothing else`(text: String) {
        #expect(read(text) == nil)
    }
}
