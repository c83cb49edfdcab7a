import Foundation
import Glibc
import Platform
import TestSupport
import Testing

/// Somebody with one token, and the save of theirs that is looked at.
struct Save {
    /// What is done in one save.
    enum Kind {
        /// `old` is called `new`.
        case renaming
        /// The app lock is set, with a command: the device slot goes.
        case locking
        /// The app lock is removed: the device slot comes back.
        case unlocking
        /// The app lock is set, with a passphrase.
        case passphrase

        /// Those that take no time: scrypt is slow.
        static let quick = [renaming, locking, unlocking]

        var arguments: [String] {
            switch self {
            case .renaming: ["rename", "old", "new"]
            case .locking: ["passphrase", "set", "--command"]
            case .unlocking: ["passphrase", "remove"]
            case .passphrase: ["passphrase", "set"]
            }
        }

        /// What the store is opened with before, and what with afterwards.
        var slots: (old: String, new: String) {
            switch self {
            case .renaming: ("device", "device")
            case .locking: ("device", "command")
            case .unlocking: ("command", "device")
            case .passphrase: ("device", "scrypt")
            }
        }
    }

    /// Whether the store is as it was, or as it should become.
    enum Content {
        case old
        case new
    }

    /// The call that puts the new store in the place of the old one.
    static let turn = "rename tokens.new tokens"

    let kind: Kind
    let person: Person
    let before: [String: [UInt8]]

    /// Each made by a save of its own, so that there is a backup; the tests work on copies.
    private static let templates = Result { () throws -> [Kind: Person] in
        var templates: [Kind: Person] = [:]
        for kind in Kind.quick + [.passphrase] {
            let person = try Person()
            try StoreMaker.write([StoreMaker.token("first")], home: person.home)
            let secret = person.home + "/secret"
            try "a secret of this machine".write(toFile: secret, atomically: true, encoding: .utf8)
            try PrivateFile.replace(
                person.locations.config, with: Array("passphrase.command = cat \(secret)\n".utf8))
            if kind == .unlocking {
                let done = try person.run("passphrase", "set", "--command")
                try #require(done.status == 0, "\(done.errors)")
            }
            let done = try person.run("rename", "first", "old")
            try #require(done.status == 0, "\(done.errors)")
            templates[kind] = person
        }
        return templates
    }

    init(_ kind: Kind) throws {
        self.kind = kind
        person = try Person(config: nil)
        let template = try #require(try Self.templates.get()[kind])
        try FileManager.default.copyItem(
            atPath: template.locations.data, toPath: person.locations.data)
        before = try person.folder.files()
    }

    /// The calls of an undisturbed save, in their order.
    static func calls(_ kind: Kind) throws -> [String] {
        let save = try Save(kind)
        let calls = try Interposer.calls(in: save.person.locations.data) {
            try #require(try save.run($0).status == 0)
        }
        try #require(calls.contains(turn))
        return calls
    }

    func run(_ extra: [String: String] = [:]) throws -> Outcome { try run(kind.arguments, extra) }

    private func run(_ arguments: [String], _ extra: [String: String] = [:]) throws -> Outcome {
        var arguments = arguments
        if kind == .passphrase {
            let file = person.home + "/passphrase"
            try "open sesame".write(toFile: file, atomically: true, encoding: .utf8)
            arguments += ["--passphrase-file", file]
        }
        return try Program.run(Program.otptoken, arguments, home: person.home, extra: extra)
    }

    func interposer() -> Interposer { Interposer(folder: person.locations.data) }

    /// The kinds of slots in the files that are or were a store.
    func slots() throws -> [String: String] {
        var slots: [String: String] = [:]
        for (path, bytes) in try person.folder.files() where path.hasPrefix("otptoken/tokens") {
            let lines = bytes.split(separator: 0x0A, maxSplits: 2)
            guard lines.count == 3 else { continue }
            slots[String(path.dropFirst(9))] = String(
                decoding: lines[1].split(separator: 0x20)[1], as: UTF8.self)
        }
        return slots
    }

    /// Checks that the store opens with this content, that the next save succeeds, and what then is left.
    func expectWhole(_ content: Content, _ comment: Comment) throws {
        let name = kind == .renaming && content == .new ? "new" : "old"
        let list = try run(["list", "--names"])
        #expect(list.status == 0 && list.output == name + "\n", "\(comment): \(list)")
        let slot = content == .old ? kind.slots.old : kind.slots.new
        #expect(try slots()["tokens"] == slot, comment)
        // At no instant does the store ask, and the backup does not.
        if slot != "device" { #expect(try slots()["tokens.bak"] != "device", comment) }

        let isDone = content == .new
        let next = isDone ? try run(["rename", name, "next"]) : try run()
        #expect(next.status == 0, "\(comment): \(next.errors)")
        let left = isDone ? "next" : kind == .renaming ? "new" : "old"
        #expect(try run(["list", "--names"]).output == left + "\n", comment)
        // The one before the last change; and nothing that would open as the store did before its lock changed.
        #expect(
            try slots() == ["tokens": kind.slots.new, "tokens.bak": kind.slots.new], comment)
        let files = try FileManager.default.contentsOfDirectory(atPath: person.locations.data)
        #expect(
            Set(files) == ["tokens", "tokens.bak", "tokens.lock", "device.key", "config"], comment)
    }
}

@Suite struct `A save` {
    @Test func `is on the disk before it takes the place of the former store`() throws {
        let calls = try Save.calls(.renaming)
        func place(_ call: String) throws -> Int { try #require(calls.lastIndex(of: call)) }
        let order = [
            try place("flock tokens.lock"), try place("open tokens"),
            try place("open tokens.new"), try place("write tokens.new"),
            try place("fsync tokens.new"), try place("link tokens tokens.bak.new"),
            try place("rename tokens.bak.new tokens.bak"), try place(Save.turn),
            try place("fsync ."),
        ]
        #expect(order == order.sorted(), "\(calls)")
    }

    @Test(arguments: Save.Kind.quick)
    func `that is killed after any call leaves the old store or the new`(_ kind: Save.Kind) throws {
        let calls = try Save.calls(kind)
        for (index, call) in calls.enumerated() {
            let save = try Save(kind)
            var interposer = save.interposer()
            interposer.killsAfter = index + 1
            let killed = try save.run(interposer.environment())
            #expect(killed.signal == SIGKILL, "after \(call)")
            let isDone = calls[...index].contains(Save.turn)
            try save.expectWhole(isDone ? .new : .old, "killed after \(index + 1): \(call)")
        }
    }

    @Test(arguments: Save.Kind.quick)
    func `that is killed in the middle of a write leaves a whole store`(_ kind: Save.Kind) throws {
        let calls = try Save.calls(kind)
        for (index, call) in calls.enumerated() where call.hasPrefix("write ") {
            let save = try Save(kind)
            var interposer = save.interposer()
            interposer.failure = (index + 1, 0)
            interposer.killsAfter = index + 1
            #expect(try save.run(interposer.environment()).signal == SIGKILL)
            let file = "otptoken/" + call.dropFirst("write ".count)
            let half = try save.person.folder.files()[file]?.count ?? 0
            #expect(half > 0 && half < save.before["otptoken/tokens"]?.count ?? 0)
            // The backup comes behind the store where the app lock is removed.
            let isDone = calls[..<index].contains(Save.turn)
            try save.expectWhole(isDone ? .new : .old, "killed in \(call)")
        }
    }

    @Test func `that sets a passphrase leaves nothing that opens without it`() throws {
        let calls = try Save.calls(.passphrase)
        for (index, call) in calls.enumerated() where call.hasPrefix("rename ") {
            let save = try Save(.passphrase)
            var interposer = save.interposer()
            interposer.killsAfter = index + 1
            #expect(try save.run(interposer.environment()).signal == SIGKILL)
            try save.expectWhole(call == Save.turn ? .new : .old, "killed after \(call)")
        }
    }

    @Test(arguments: [EIO, ENOSPC, EACCES, EROFS, EDQUOT])
    func `that fails in any call says so and leaves a whole store`(_ errno: CInt) throws {
        let reason = unsafe String(cString: strerror(errno))
        // One errno is like another to most calls: it is enough that each kind of save meets each call.
        let kinds: [Save.Kind] = errno == EIO ? Save.Kind.quick : [.renaming]
        for kind in kinds {
            let calls = try Save.calls(kind)
            // A link that is left is removed the next time, and the mode of the lock matters to nobody. Once the app
            // lock is removed, a backup that asks still is no failure.
            let tidying = calls.lastIndex(of: "unlink tokens.bak.new")
            let renewal = calls.firstIndex(of: "unlink tokens.bak.new") ?? calls.count
            for (index, call) in calls.enumerated() {
                let isHarmless =
                    call == "fchmod tokens.lock" || kind == .renaming && index == tidying
                    || kind == .unlocking && index >= renewal
                let save = try Save(kind)
                var interposer = save.interposer()
                interposer.failure = (index + 1, errno)
                let outcome = try save.run(interposer.environment())
                let comment: Comment = "\(kind), \(index + 1): \(call): \(reason): \(outcome)"
                #expect(outcome.status == (isHarmless ? 0 : 1), comment)
                #expect(outcome.output == "", comment)
                let isDone = isHarmless || calls[..<index].contains(Save.turn)
                if !isHarmless {
                    #expect(outcome.errors.hasPrefix("otptoken: "), comment)
                    #expect(outcome.errors.contains(reason), comment)
                    #expect(outcome.errors.contains("\nhint: "), comment)
                    #expect(!isDone || !outcome.errors.contains("nothing was changed"), comment)
                }
                if !isDone {
                    let after = try save.person.folder.files()
                    #expect(after["otptoken/tokens"] == save.before["otptoken/tokens"], comment)
                    #expect(after.keys.allSatisfy { !$0.hasSuffix(".new") }, comment)
                }
                try save.expectWhole(isDone ? .new : .old, comment)
            }
        }
    }

    @Test(arguments: [EINTR, 0])
    func `goes on after a signal and after half a write`(_ errno: CInt) throws {
        for kind in Save.Kind.quick {
            for (index, call) in try Save.calls(kind).enumerated() {
                let save = try Save(kind)
                var interposer = save.interposer()
                interposer.failure = (index + 1, errno)
                let outcome = try save.run(interposer.environment())
                #expect(outcome.status == 0, "\(kind): \(call): \(outcome)")
                #expect(try save.slots()["tokens"] == kind.slots.new, "\(kind): \(call)")
            }
        }
    }

    @Test func `that is killed at any instant leaves the old store or the new one`() throws {
        let save = try Save(.renaming)
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
        let library = try save.interposer().environment()["LD_PRELOAD"] ?? ""
        let instants = (0..<1500).map { _ in "\(Int.random(in: 0..<1000))" }
        let outcome = try Program.run(
            "/bin/sh", ["-c", script, "sh", library] + instants, home: save.person.home)
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
        try save.expectWhole(all.last?[2] == "old" ? .old : .new, "after all of them")
    }
}
