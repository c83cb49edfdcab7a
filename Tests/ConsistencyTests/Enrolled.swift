import TestSupport
import Testing

/// A home with tokens that the real programs have enrolled, the first of them the default.
struct Enrolled {
    static let folder = Program.root + "/Tests/ConsistencyTests"
    static let python = "python3"
    static let needsPython: Comment = "python3 is needed (Debian: python3)"

    let home: TemporaryFolder

    init(_ names: [String]) throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
        // In the home itself: the script leaves its files where it runs.
        let outcome = try Program.run(
            "env", ["-C", home.path, "sh", Self.folder + "/enrol.sh"] + names, home: home.path)
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    /// Runs `otptoken` here.
    func otptoken(_ arguments: String...) throws -> String {
        try Program.run(Program.otptoken, arguments, home: home.path).output
    }
}
