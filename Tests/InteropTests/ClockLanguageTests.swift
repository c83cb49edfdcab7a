import Foundation
import TestSupport
import Testing

/// What programs read of the clock is the same in each language, and what people read is not.
@Suite struct `The clock in Japanese` {
    private static func run(_ home: ClockHome, _ arguments: [String]) throws -> Outcome {
        try Program.run(
            Program.otptoken, arguments, home: home.person.home,
            extra: ["LC_ALL": "", "LANG": "ja_JP.UTF-8"])
    }

    @Test func `leaves evidence and reasons of JSON in English`() throws {
        // Two agree, and one is wrong.
        let home = try ClockHome(asking: [
            ScriptedTimeServer(ahead: 0), ScriptedTimeServer(ahead: 0),
            ScriptedTimeServer(ahead: 3600),
        ])
        let asked = try Self.run(home, ["clock", "--json"])
        #expect(asked.status == 0, "\(asked)")
        #expect(asked.output.contains(#""evidence":"2 of 3 servers""#), "\(asked)")
        #expect(asked.output.contains(#""reason":"disagrees with the others""#), "\(asked)")
        let shown = try Self.run(home, ["show", "--json"])
        #expect(shown.status == 0, "\(shown)")
        #expect(shown.output.contains(#""evidence":"2 of 3 servers""#), "\(shown)")
        #expect(!(asked.output + shown.output).contains(#/[^\x00-\x7F]/#))
        let table = try Self.run(home, ["clock"])
        #expect(table.status == 0, "\(table)")
        #expect(table.output.contains("ほかと食い違っています"), "\(table)")
        #expect(table.output.contains("サーバ 3 台中 2 台"), "\(table)")
        #expect(!table.output.contains("disagrees"), "\(table)")
    }
}
