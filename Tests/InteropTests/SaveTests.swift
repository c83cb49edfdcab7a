import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// Somebody with one token, called `old`, and the save that is looked at: `rename old new`.
private struct Renaming {
    let person: Person
    let before: [String: [UInt8]]
    var home: String { person.home }

    /// Made by a save of its own, so that there is a backup; each test works on a copy.
    private static let template = Result { () throws -> Person in
        let person = try Person()
        try StoreMaker.write([StoreMaker.token("first")], home: person.home)
        let done = try person.run("rename", "first", "old")
        try #require(done.status == 0, "\(done.errors)")
        return person
    }

    /// The calls of an undisturbed save, in their order.
    static let calls = Result { () throws -> [String] in
        let renaming = try Renaming()
        return try Interposer.calls(in: renaming.person.locations.data) {
            try #require(try renaming.save($0).status == 0)
        }
    }

    /// The number of the call that puts the new store in the place of the old one.
    static func turn() throws -> Int {
        let index = try calls.get().firstIndex(of: "rename tokens.new tokens")
        return try #require(index) + 1
    }

    init() throws {
        person = try Person()
        try FileManager.default.copyItem(
            atPath: Self.template.get().locations.data, toPath: person.locations.data)
        before = try person.folder.files()
    }

    func save(_ extra: [String: String] = [:]) throws -> Outcome {
        try Program.run(Program.otptoken, ["rename", "old", "new"], home: home, extra: extra)
    }

    func interposer() -> Interposer { Interposer(folder: person.locations.data) }

    /// Checks that the store opens with the old or the new content, that the next save succeeds, and what then is left.
    func expectWhole(_ name: String, _ comment: Comment) throws {
        let list = try person.run("list", "--names")
        #expect(list.status == 0 && list.output == name + "\n", comment)
        let next = try person.run("rename", name, "next")
        #expect(next.status == 0, "\(comment): \(next.errors)")
        #expect(try person.run("list", "--names").output == "next\n", comment)
        #expect(try files() == ["tokens", "tokens.bak", "tokens.lock", "device.key"], comment)
    }

    func files() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: person.locations.data))
    }

    func expectUntouched(_ comment: Comment? = nil) throws {
        #expect(try person.folder.files() == before, comment)
    }
}

@Suite struct `A save` {
    @Test func `is on the disk before it takes the place of the former store`() throws {
        let calls = try Renaming.calls.get()
        func place(_ call: String) throws -> Int { try #require(calls.lastIndex(of: call)) }
        let order = [
            try place("flock tokens.lock"), try place("open tokens"),
            try place("open tokens.new"), try place("write tokens.new"),
            try place("fsync tokens.new"), try place("link tokens tokens.bak.new"),
            try place("rename tokens.bak.new tokens.bak"), try place("rename tokens.new tokens"),
            try place("fsync ."),
        ]
        #expect(order == order.sorted(), "\(calls)")
    }

    @Test func `that is killed after any of its calls leaves the old store or the new one`() throws
    {
        let turn = try Renaming.turn()
        for (index, call) in try Renaming.calls.get().enumerated() {
            let renaming = try Renaming()
            var interposer = renaming.interposer()
            interposer.killsAfter = index + 1
            let killed = try renaming.save(interposer.environment())
            #expect(killed.signal == SIGKILL, "after \(call)")
            try renaming.expectWhole(index + 1 < turn ? "old" : "new", "killed after \(call)")
        }
    }

    @Test func `that is killed in the middle of a write leaves the old store`() throws {
        for (index, call) in try Renaming.calls.get().enumerated() where call.hasPrefix("write ") {
            let renaming = try Renaming()
            var interposer = renaming.interposer()
            interposer.failure = (index + 1, 0)
            interposer.killsAfter = index + 1
            #expect(try renaming.save(interposer.environment()).signal == SIGKILL)
            let half = try renaming.person.folder.files()["otptoken/tokens.new"]?.count ?? 0
            #expect(half > 0 && half < renaming.before["otptoken/tokens"]?.count ?? 0)
            try renaming.expectWhole("old", "killed in \(call)")
        }
    }

    @Test(arguments: [EIO, ENOSPC, EACCES, EROFS, EDQUOT])
    func `that fails in any of its calls says so and leaves a whole store`(_ errno: CInt) throws {
        let calls = try Renaming.calls.get()
        let turn = try Renaming.turn()
        let reason = unsafe String(cString: strerror(errno))
        // The mode of the lock matters to nobody, and a link that is left is removed the next time.
        let tidying = try #require(calls.lastIndex(of: "unlink tokens.bak.new"))
        for (index, call) in calls.enumerated() {
            let isHarmless =
                call == "fchmod tokens.lock" || index == tidying
            let renaming = try Renaming()
            var interposer = renaming.interposer()
            interposer.failure = (index + 1, errno)
            let outcome = try renaming.save(interposer.environment())
            let comment: Comment = "\(call): \(reason): \(outcome)"
            #expect(outcome.status == (isHarmless ? 0 : 1), comment)
            #expect(outcome.output == "", comment)
            let isNew = isHarmless || index + 1 > turn
            if !isHarmless {
                #expect(outcome.errors.hasPrefix("otptoken: "), comment)
                #expect(outcome.errors.contains(reason), comment)
                #expect(outcome.errors.contains("\nhint: "), comment)
                #expect(outcome.errors.contains("nothing was changed") != isNew, comment)
            }
            if !isNew {
                let after = try renaming.person.folder.files()
                #expect(after["otptoken/tokens"] == renaming.before["otptoken/tokens"], comment)
                #expect(try renaming.files().isDisjoint(with: ["tokens.new", "tokens.bak.new"]))
            }
            try renaming.expectWhole(isNew ? "new" : "old", comment)
        }
    }

    @Test(arguments: [EINTR, 0])
    func `goes on after a signal and after half a write`(_ errno: CInt) throws {
        for (index, call) in try Renaming.calls.get().enumerated() {
            let renaming = try Renaming()
            var interposer = renaming.interposer()
            interposer.failure = (index + 1, errno)
            let outcome = try renaming.save(interposer.environment())
            #expect(outcome.status == 0, "\(call): \(outcome)")
            #expect(try renaming.person.run("list", "--names").output == "new\n", "\(call)")
        }
    }

    @Test func `that is killed at any instant leaves the old store or the new one`() throws {
        let renaming = try Renaming()
        // The shell goes to and fro between two names, and prints for each run its status, the name before and the
        // name after. The instants reach a bit further than the runs last, however busy the machine is.
        let script = #"""
            library=$1 now=old next=new killed=0 longest=2000
            export INTERPOSE_FOLDER=$OTPTOKEN_HOME
            shift
            for promille in "$@"; do
                [ $killed -lt 500 ] || break
                INTERPOSE_KILL_AT=$((longest * promille / 1000 + 1)) LD_PRELOAD=$library \
                    otptoken --quiet rename $now $next
                status=$?
                found=$(otptoken list --names) || found="status $?"
                echo "$status $now $found"
                if [ $status = 137 ]; then
                    killed=$((killed + 1)) longest=$((longest + longest / 100))
                else
                    longest=$((longest - longest / 50))
                fi
                [ "$found" = $now ] || next=$now
                now=$found
            done
            """#
        let library = try renaming.interposer().environment()["LD_PRELOAD"] ?? ""
        let instants = (0..<1500).map { _ in "\(Int.random(in: 0..<1000))" }
        let outcome = try Program.run(
            "/bin/sh", ["-c", script, "sh", library] + instants, home: renaming.home)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let all = outcome.output.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        // Whoever was not killed ended well.
        #expect(all.allSatisfy { $0.count == 3 && ["0", "137"].contains($0[0]) })
        #expect(all.allSatisfy { ["old", "new"].contains($0.last) })
        #expect(all.allSatisfy { $0[0] == "137" || $0[1] != $0[2] })
        let killed = all.filter { $0[0] == "137" }
        let changed = killed.count { $0[1] != $0[2] }
        print(
            "500 saves killed: \(killed.count - changed) old, \(changed) new,",
            "besides \(all.count - killed.count) that had ended")
        #expect(killed.count == 500)
        // The kills fell on both sides, or they were all too early or too late to say anything.
        #expect(changed > 0 && changed < killed.count)
        try renaming.expectWhole(try #require(all.last)[2], "after all of them")
    }
}
