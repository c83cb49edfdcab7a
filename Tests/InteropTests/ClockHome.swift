import Foundation
import TestSupport
import Testing

/// A home with a token, whose config names the time servers to ask.
struct ClockHome {
    /// What `show --json` and `clock --json` tell of the clock.
    struct Clock: Decodable {
        let verdict: String
        let offset: Double?
        let error: Double?
        let evidence: String?
        let checked_at: Int?
    }

    private struct Shown: Decodable { let clock: Clock }

    let person: Person
    private var servers: [ScriptedTimeServer] = []
    var home: TemporaryFolder { person.folder }

    /// Makes the home.
    ///
    /// - Parameters:
    ///   - servers: the URLs of the time servers.
    ///   - config: more lines of the config.
    ///   - period: that of the token's codes.
    /// - Throws: when it cannot be made.
    init(_ servers: [String], _ config: String = "", period: Int = 3600) throws {
        let names = servers.isEmpty ? "" : "clock.servers = \(servers.joined(separator: " "))\n"
        person = try Person(config: names + config)
        try StoreMaker.write([StoreMaker.token("Acme Bank", period: period)], home: person.home)
    }

    /// Makes a home that asks scripted servers, which live as long as it does.
    init(asking servers: [ScriptedTimeServer], _ config: String = "", period: Int = 3600) throws {
        try self.init(servers.map(\.url), config, period: period)
        self.servers = servers
    }

    /// How often each of them was asked.
    var requests: [Int] { servers.map(\.received.count) }

    /// Runs the program, where nobody reads along.
    ///
    /// - Parameters:
    ///   - arguments: its arguments.
    ///   - ahead: how far its clock is wrong, as if it had been set after the last check.
    ///   - interposer: what stands between it and the kernel.
    /// - Returns: what it left behind.
    /// - Throws: when it does not start.
    func run(
        _ arguments: String..., ahead: Int = 0, interposer: Interposer? = nil
    ) throws -> Outcome {
        let command = RunningChronyd.clock(ahead: ahead) + [Program.otptoken] + arguments
        return try Program.run(
            command[0], Array(command.dropFirst()), home: person.home,
            extra: interposer?.environment() ?? [:])
    }

    /// What `show --json` says of the clock.
    func shown(ahead: Int = 0, interposer: Interposer? = nil) throws -> Clock {
        let outcome = try run("show", "--json", ahead: ahead, interposer: interposer)
        #expect(outcome.status == 0, "\(outcome)")
        return try JSONDecoder().decode(Shown.self, from: Data(outcome.output.utf8)).clock
    }

    /// The codes that hold so many seconds from now: two when one of them ends just then.
    func codes(after seconds: Int) throws -> Set<String> {
        let now = Int(Date().timeIntervalSince1970) + seconds
        return try Set(
            [now - 1, now, now + 2].map {
                try run("show", "--at", "\($0)").output
            })
    }

    /// A file by which the clocks of a program are made to go on.
    func ageing() throws -> (interposer: Interposer, age: @Sendable (Int) throws -> Void) {
        let path = person.home + "/age"
        var interposer = Interposer()
        interposer.age = path
        let age = { @Sendable (seconds: Int) in
            // In one piece: the program reads it all the time.
            try "\(seconds)".write(toFile: path, atomically: true, encoding: .utf8)
        }
        try age(0)
        return (interposer, age)
    }

    /// A terminal in which the program's clocks, and what the kernel says of them, are those of an interposer.
    func terminal(_ interposer: Interposer? = nil, columns: Int = 110, rows: Int = 16) throws
        -> Tmux
    {
        let terminal = try Tmux(home: home, columns: columns, rows: rows)
        let variables = try interposer?.environment() ?? [:]
        // For the programs that are started from now on: sh itself has no use for them.
        for (name, value) in variables where name != "LD_PRELOAD" {
            try terminal.type("export \(name)='\(value)'")
        }
        if let library = variables["LD_PRELOAD"] {
            try terminal.type("export LD_PRELOAD='\(library)'")
        }
        try terminal.type("clear")
        return terminal
    }
}

/// A time server that answers each request as it is told to, and remembers that it was asked.
extension ScriptedTimeServer {
    /// - Parameter seconds: how far its clock is ahead of this machine's.
    /// - Throws: when there is no port to be had.
    convenience init(ahead seconds: Double) throws {
        try self.init { request, _ in [.init(TimeAnswer(to: request, ahead: seconds).bytes)] }
    }

    /// A server that asks to be left alone.
    static func kissing(_ code: String) throws -> ScriptedTimeServer {
        try ScriptedTimeServer { request, _ in
            var answer = TimeAnswer(to: request)
            answer.stratum = 0
            answer.referenceID = Array(code.utf8)
            return [.init(answer.bytes)]
        }
    }
}
