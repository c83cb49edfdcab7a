import Foundation
import TestSupport
import Testing
import TokenStore

/// Tokens that end soon, or have ended.
struct ExpiryTests {
    private let home: TemporaryFolder
    private let now = Int64(Date().timeIntervalSince1970)

    init() throws {
        home = try TemporaryFolder()
        func token(_ name: String, _ seconds: Int64?) -> Token {
            var token = StoreMaker.token(name)
            token.expiresAt = seconds.map { now + $0 }
            return token
        }
        try StoreMaker.write(
            [
                token("far", 31 * 86400), token("soon", 29 * 86400 + 3600), token("over", -5),
                token("none", nil),
            ], home: home.path)
        try Program.configure(home: home.path)
    }

    private func run(_ arguments: String...) throws -> Outcome {
        try Program.run(Program.otptoken, arguments, home: home.path)
    }

    @Test(arguments: ["far", "none"]) func `far from its end nothing is said`(name: String) throws {
        let shown = try run("show", name)
        #expect(shown.status == 0 && shown.errors == "", "\(shown)")
    }

    @Test func `within 30 days there is a code and a notice`() throws {
        let shown = try run("show", "soon")
        #expect(shown.status == 0 && shown.output.utf8.count == 9)
        #expect(shown.errors.contains("in 29 days\nhint: have the service issue a new token"))
        #expect(try run("--quiet", "show", "soon").errors == "")
        let watched = try run("watch", "--count", "1", "soon")
        #expect(watched.status == 0 && watched.errors.contains("in 29 days"))
    }

    @Test func `once it has ended there is no code but with --force`() throws {
        for arguments in [["show", "over"], ["show", "over", "--json"], ["watch", "over"]] {
            let refused = try Program.run(Program.otptoken, arguments, home: home.path)
            #expect(refused.status == 6 && refused.output == "", "\(arguments)")
            #expect(refused.errors.contains("hint: have the service issue a new token"))
        }
        let forced = try run("show", "--force", "over")
        let other = try run("show", "none")
        #expect(forced.status == 0 && forced.output == other.output)
        let watched = try run("watch", "--force", "--count", "1", "over")
        #expect(watched.status == 0 && watched.output.hasPrefix("over\t"))
    }

    @Test func `watch ends with the last token`() throws {
        var token = StoreMaker.token("brief", period: 1)
        token.expiresAt = now + 3
        try StoreMaker.write([token], home: home.path)
        let watched = try run("watch")
        #expect(watched.status == 6 && watched.output.hasPrefix("brief\t"), "\(watched)")
        #expect(watched.errors.contains("\notptoken: brief ended on "))
    }

    @Test func `the codes of others are printed all the same`() throws {
        let all = try run("show", "--all")
        #expect(all.status == 6)
        let names = all.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
        #expect(names == ["far", "soon", "none"])
        let watched = try run("watch", "--count", "3")
        #expect(watched.status == 0 && !watched.output.contains("over\t"))
    }
}
