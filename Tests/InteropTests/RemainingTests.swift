import Foundation
import TestSupport
import Testing

/// `show --min-remaining`: a code that lasts for as long as it takes to type it.
@Suite struct `A code that lasts` {
    private struct Shown: Decodable {
        let remaining: Int
        let valid_from: Int
        let code: String
    }

    private func person(_ periods: [Int]) throws -> Person {
        let person = try Person()
        let tokens = periods.map { StoreMaker.token("every \($0) s", period: $0) }
        try StoreMaker.write(tokens, home: person.home)
        return person
    }

    private func shown(_ person: Person, _ seconds: Int) throws -> Shown {
        let outcome = try person.run("show", "--json", "--min-remaining", "\(seconds)")
        #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
        return try JSONDecoder().decode(Shown.self, from: Data(outcome.output.utf8))
    }

    @Test(arguments: [(3, 3), (3, 2), (4, 1), (1, 1)])
    func `has so many seconds left`(period: Int, least: Int) throws {
        let person = try person([period])
        for _ in 0..<3 {
            let before = Int(Date().timeIntervalSince1970)
            let shown = try shown(person, least)
            #expect((least...period).contains(shown.remaining))
            // It is the code of that moment, which is at most a period away.
            let now = shown.valid_from + period - shown.remaining
            #expect((before...before + period + 2).contains(now))
            let code = try person.run("show", "--at", "\(shown.valid_from)").output
            #expect(code == shown.code + "\n")
        }
    }

    @Test func `is not waited for when there is time enough`() throws {
        let person = try person([3600])
        for least in [0, 1] {
            let left = try shown(person, least).remaining
            // In the last seconds of an hour there may not be.
            guard left > 30 else { return }
            #expect((left - 30...left).contains(try shown(person, least).remaining))
        }
    }

    @Test func `is had of all tokens at once`() throws {
        let person = try person([3, 6])
        let outcome = try person.run("show", "--all", "--json", "--min-remaining", "2")
        let shown = try JSONDecoder().decode([Shown].self, from: Data(outcome.output.utf8))
        #expect(shown.count == 2 && shown.allSatisfy { $0.remaining >= 2 }, "\(outcome)")
    }

    @Test func `is told to a person who waits for it, who may leave at once`() throws {
        let person = try person([3600])
        let terminal = try Tmux(home: person.folder)
        try terminal.type("otptoken show --min-remaining 3600; echo left with $?")
        let screen = try terminal.wait { $0.contains(#/Waiting [0-9]+ s for the next code…/#) }
        #expect(!screen.contains(#/^[0-9]{8}$/#))
        try terminal.press("C-c")
        // sh gives up the rest of the line, too.
        try terminal.wait { $0.contains(#/code…\n(\^C)?\n?% *\n/#) || $0.contains("left with 130") }
    }
}
