import Foundation
import Platform
import TestSupport
import Testing
import TokenStore

@Suite struct `Many at once` {
    /// Writers of each kind.
    private static let count = 25

    /// A shell that reads the store until a file appears, and prints what went wrong, and how often it has read.
    private static let reader = #"""
        count=0
        until [ -e stop ]; do
            otptoken show > code || echo "show: $?"
            grep -qxE '[0-9]{8}' code || echo "no code"
            otptoken list --names > names || echo "list: $?"
            [ $(wc -l < names) -ge 26 ] || echo "too few names"
            count=$((count + 1))
        done
        echo $count
        """#

    @Test func `lose nobody's change, and keep no reader from reading`() async throws {
        let issuer = try RunningIssuer()
        let users = try (0..<Self.count).map { _ in try issuer.issue() }
        let person = try Person()
        // The first one is everybody's default, and nobody changes it.
        let names = ["default"] + (0..<Self.count).map { "A\($0)" }
        try StoreMaker.write(names.map { StoreMaker.token($0) }, home: person.home)
        let enrolments = try users.enumerated().map {
            try person.enrolment(issuer.url, user: $1, ["--name", "E\($0)"])
        }
        let renamings = (0..<Self.count).map { ["rename", "A\($0)", "B\($0)"] }

        // All of it apart: readers that nobody stops would keep the other tests from going on.
        let (outcomes, readings) = try await apart {
            let readers = try (0..<2).map { _ in
                let folder = try TemporaryFolder()
                let reader = try RunningProgram(
                    "/bin/sh", ["-c", Self.reader], home: folder.path,
                    extra: ["OTPTOKEN_HOME": person.locations.data])
                return (folder, reader)
            }
            let writers = try zip(enrolments, renamings).flatMap { [$0, $1] }.map {
                try RunningProgram(Program.otptoken, $0, home: person.home)
            }
            let outcomes = writers.map { $0.outcome(within: 60) }
            let readings = try readers.map { folder, reader in
                try Data().write(to: URL(filePath: folder.path + "/stop"))
                return reader.outcome()
            }
            return (outcomes, readings)
        }
        for outcome in outcomes {
            #expect(outcome?.status == 0, "\(outcome?.errors ?? "still running")")
        }
        var reads = 0
        for reading in readings {
            let reading = try #require(reading)
            // One line: how often it has read.
            reads += try #require(Int(reading.output.dropLast()), "\(reading)")
            #expect(reading.errors == "")
        }
        #expect(reads > 0)
        let waiting = outcomes.count { $0?.errors.contains("waiting for another") == true }
        print("50 writers at once, \(reads) reads beside them; \(waiting) waited for a second")

        let tokens = try person.tokens()
        let expected = (0..<Self.count).flatMap { ["B\($0)", "E\($0)"] } + ["default"]
        #expect(tokens.map(\.name).sorted() == expected.sorted())
        #expect(tokens.allSatisfy { $0.state == .active && $0.extras.isEmpty })
        #expect(Set(tokens.map(\.userID)).isSuperset(of: users))
        let files = try FileManager.default.contentsOfDirectory(atPath: person.locations.data)
        #expect(Set(files) == ["config", "tokens", "tokens.bak", "tokens.lock", "device.key"])
    }
}
