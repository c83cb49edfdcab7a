import Foundation
import TestSupport
import Testing

/// otptoken-config(5), beside what the program takes.
struct ConfigPageTests {
    private let page: String
    private let home: TemporaryFolder

    init() throws {
        page = try String(
            contentsOfFile: ManualPage.folder + "/otptoken-config.5", encoding: .utf8)
        home = try TemporaryFolder()
        try StoreMaker.write([StoreMaker.token("Acme Bank")], home: home.path)
    }

    @Test func `it has every key that the program knows, and no others`() throws {
        let source = try String(
            contentsOf: Repository.file("Sources/OTPTokenCommands/Settings.swift"), encoding: .utf8)
        let known = source.matches(of: #/= "([a-z]+\.[a-z]+)"/#).map { String($0.1) }
        let written = page.matches(of: #/\n\.It Ic ([a-z.]+)\n/#).map { String($0.1) }
        #expect(known.count > 5 && written == known.sorted())
    }

    @Test func `its example is taken without a word`() throws {
        let start = try #require(page.range(of: ".Sh EXAMPLES\n.Bd -literal -offset indent\n"))
        let end = try #require(page.range(of: ".Ed", range: start.upperBound..<page.endIndex))
        try Program.configure(
            String(page[start.upperBound..<end.lowerBound]), home: home.path)
        let shown = try Program.run(Program.otptoken, ["show"], home: home.path)
        #expect(shown.status == 0 && !shown.errors.contains("config"), "\(shown)")
        let examined = try Program.run(Program.otptoken, ["doctor", "--offline"], home: home.path)
        #expect(examined.status == 0 && examined.output.contains("ok       config "), "\(examined)")
    }

    @Test(arguments: ["15s", "never", "20", "1h"])
    func `what is said of values is so`(value: String) throws {
        let taken = [
            "clipboard.clear": ["15s", "never", "20", "1h"], "clock.check": ["never"],
            "unlock.for": ["15s", "1h"], "clock.correct": [],
        ]
        for (key, values) in taken {
            try Program.configure("\(key) = \(value)", home: home.path)
            let examined = try Program.run(
                Program.otptoken, ["doctor", "--offline"], home: home.path)
            #expect(
                examined.status == (values.contains(value) ? 0 : 1),
                "\(key) = \(value): \(examined)")
        }
    }
}
