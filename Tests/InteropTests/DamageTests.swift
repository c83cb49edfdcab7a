import Cryptography
import Foundation
import Platform
import TestSupport
import Testing

/// Very many stores, each in a folder of its own, that one shell lets the program open.
private struct Farm {
    let folder: TemporaryFolder
    let device: [UInt8]

    init(device: [UInt8]) throws {
        folder = try TemporaryFolder()
        self.device = device
        try PrivateFile.replace(folder.path + "/device.key", with: device)
    }

    /// What the program said to each of some stores.
    struct Answer {
        let status: String
        let output: String
        let errors: String
    }

    /// Lets the program show the code of every store.
    ///
    /// - Parameters:
    ///   - stores: the files.
    ///   - options: of `otptoken show`.
    ///   - before: what the shell does first.
    /// - Returns: the answers, in the order of the stores.
    /// - Throws: when a store was touched, or has not been asked for.
    func show(
        _ stores: [[UInt8]], _ options: [String] = [], before: String = ":"
    ) throws -> [Answer] {
        let files = FileManager.default
        let place = folder.path + "/\(UUID())"
        try files.createDirectory(atPath: place, withIntermediateDirectories: false)
        for (index, store) in stores.enumerated() {
            let home = "\(place)/\(index)"
            try files.createDirectory(
                atPath: home, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
            try #require(
                files.createFile(
                    atPath: home + "/tokens", contents: Data(store),
                    attributes: [.posixPermissions: 0o600]))
            try files.linkItem(atPath: folder.path + "/device.key", toPath: home + "/device.key")
        }
        let script = """
            \(before); home=0
            while [ $home -lt \(stores.count) ]; do
                otptoken --home $home show "$@"
                echo "status $?"
                echo "status" >&2
                home=$((home + 1))
            done
            """
        let shell = try RunningProgram("/bin/sh", ["-c", script, "sh"] + options, home: place)
        let outcome = try #require(shell.outcome(within: 120))
        var answers: [Answer] = []
        var output = ""
        let errors = outcome.errors.components(separatedBy: "status\n").dropLast()
        try #require(errors.count == stores.count)
        for line in outcome.output.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("status "), answers.count < stores.count {
                answers.append(
                    Answer(
                        status: String(line.dropFirst("status ".count)), output: output,
                        errors: errors[answers.count]))
                output = ""
            } else {
                output += line + "\n"
            }
        }
        try #require(answers.count == stores.count)
        for (index, store) in stores.enumerated() {
            let home = "\(place)/\(index)"
            #expect(files.contents(atPath: home + "/tokens") == Data(store), "store \(index)")
            let names = try files.contentsOfDirectory(atPath: home)
            #expect(Set(names) == ["tokens", "device.key"], "store \(index)")
        }
        #expect(files.contents(atPath: folder.path + "/device.key") == Data(device))
        return answers
    }
}

/// The smallest useful store, altered in every way, in front of the built program.
@Suite struct `A damaged store` {
    private let farm: Farm
    private let device: [UInt8]
    private let keys: StoreKeys
    private let store: [UInt8]

    init() throws {
        let person = try Person()
        try StoreMaker.write([StoreMaker.token("small")], home: person.home)
        store = try PrivateFile.read(person.locations.store, limit: 1 << 16)
        let key = try PrivateFile.read(person.locations.deviceKey, limit: 32)
        device = key + machineIdentity()
        keys = try StoreKeys(store, device)
        farm = try Farm(device: key)
    }

    /// Checks that each of some stores is refused, with a hint at what can be done.
    private func expectRefusals(
        _ stores: [[UInt8]], _ options: [String] = [], before: String = ":",
        statuses: Set<String> = ["5"], _ name: (Int) -> String
    ) throws {
        for (index, answer) in try farm.show(stores, options, before: before).enumerated() {
            #expect(statuses.contains(answer.status), "\(name(index)): \(answer)")
            #expect(answer.output == "", "\(name(index)): \(answer)")
            #expect(answer.errors.hasPrefix("otptoken: "), "\(name(index)): \(answer)")
            #expect(answer.errors.contains("\nhint: "), "\(name(index)): \(answer)")
        }
    }

    @Test func `opens when nothing is wrong with it`() throws {
        let slots = [try keys.line("scrypt 14 8 1", [1]), try keys.line("device", device)]
        for answer in try farm.show([store, keys.file(store, slots: slots)]) {
            #expect(answer.status == "0" && answer.errors == "", "\(answer)")
            #expect(answer.output.wholeMatch(of: /[0-9]{8}\n/) != nil)
        }
    }

    @Test func `is refused for every bit that is flipped`() throws {
        // A program that was built for debugging is slow: then one bit of each byte has to do.
        let isSlow = Program.folder.hasSuffix("/debug")
        let bits = (0..<store.count * 8).filter { !isSlow || $0 % 8 == $0 / 8 % 8 }
        let stores = bits.map { bit in
            var damaged = store
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            return damaged
        }
        try expectRefusals(stores) { "bit \(bits[$0] % 8) of byte \(bits[$0] / 8)" }
    }

    @Test func `is refused when it is cut anywhere`() throws {
        try expectRefusals(store.indices.map { Array(store[..<$0]) }) { "the first \($0) bytes" }
    }

    @Test func `is refused when something stands behind it or before it`() throws {
        var stores = (UInt8.min...UInt8.max).map { store + [$0] }
        stores += [store + store, store + bytes(0, 65536), [0x0A] + store, [0] + store]
        try expectRefusals(stores) { "\($0)" }
    }

    // MARK: Slots

    private static let passphrase = "open sesame"

    /// What lets the program open a slot with the passphrase.
    private func withPassphrase() throws -> [String] {
        let file = farm.folder.path + "/passphrase"
        try Self.passphrase.write(toFile: file, atomically: true, encoding: .utf8)
        return ["--passphrase-file", file]
    }

    /// A slot for the passphrase; its cost is the lowest that a store may have, unless another is given.
    private func scrypt(_ keys: StoreKeys, _ cost: String = "14 8 1") throws -> String {
        try keys.line("scrypt \(cost)", Array(Self.passphrase.utf8))
    }

    /// Another store of the same machine and the same person.
    private func other() throws -> (keys: StoreKeys, store: [UInt8]) {
        let person = try Person()
        try StoreMaker.write([StoreMaker.token("other")], home: person.home)
        let store = try PrivateFile.read(person.locations.store, limit: 1 << 16)
        let key = try PrivateFile.read(person.locations.deviceKey, limit: 32)
        let keys = try StoreKeys(store, key + machineIdentity())
        return (keys, try keys.file(store, slots: [keys.line("device", device)]))
    }

    @Test func `is refused when its slots were doubled, reordered, added or taken away`() throws {
        let slots = [
            try keys.line("device", device), try scrypt(keys), try keys.line("command", [1]),
            try keys.line("device", device + [0]),
        ]
        let whole = StoreKeys.Lines(try keys.file(store, slots: slots))
        let options = try withPassphrase()
        try #require(farm.show([whole.file], options)[0].status == "0")
        var stores: [[UInt8]] = []
        for first in slots.indices {
            for second in slots.indices where second > first {
                var altered = whole
                altered.slots.swapAt(first, second)
                stores.append(altered.file)
            }
            for place in 0...slots.count {
                var altered = whole
                altered.slots.insert(slots[first], at: place)
                stores.append(altered.file)
            }
            var altered = whole
            altered.slots.remove(at: first)
            stores.append(altered.file)
        }
        for more in [try scrypt(keys), try keys.line("device", device), "slot unknown x"] {
            var altered = whole
            altered.slots.append(more)
            stores.append(altered.file)
        }
        try expectRefusals(stores, options) { "\(StoreKeys.Lines(stores[$0]).slots)" }
    }

    @Test func `is refused when it has a part of another store`() throws {
        let other = try other()
        var stores: [[UInt8]] = []
        for kind in ["device", "scrypt"] {
            let (mine, theirs) =
                kind == "device"
                ? (try keys.line("device", device), try other.keys.line("device", device))
                : (try scrypt(keys), try scrypt(other.keys))
            let whole = StoreKeys.Lines(try keys.file(store, slots: [mine]))
            let foreign = StoreKeys.Lines(try other.keys.file(other.store, slots: [theirs]))
            var altered = whole
            altered.slots = foreign.slots
            stores.append(altered.file)
            // Their slot in front of mine, and behind it, with the right MAC: who can write it has the key.
            stores.append(try keys.file(store, slots: [theirs, mine]))
            altered = whole
            altered.mac = foreign.mac
            stores.append(altered.file)
            altered = whole
            altered.body = foreign.body
            stores.append(altered.file)
            altered = foreign
            altered.body = whole.body
            stores.append(altered.file)
        }
        try expectRefusals(stores, withPassphrase()) { "\($0)" }
    }

    @Test func `is refused for a bit that is flipped in a slot of the app lock`() throws {
        let locked = try keys.file(store, slots: [scrypt(keys)])
        let options = try withPassphrase()
        try #require(farm.show([locked], options)[0].status == "0")
        let lines = StoreKeys.Lines(locked)
        let slot = lines.slotsStart..<lines.slotsEnd
        let words = slot.prefix("slot scrypt 14 8 1 ".utf8.count)
        // Each bit of the words; of the rest, which costs a scrypt each time, one bit of every fifth byte.
        let bits =
            words.flatMap { byte in (0..<8).map { byte * 8 + $0 } }
            + stride(from: words.upperBound, to: locked.count, by: 5).map { $0 * 8 + $0 % 8 }
        let stores = bits.map { bit in
            var damaged = locked
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            return damaged
        }
        let answers = try farm.show(stores, options)
        for (bit, answer) in zip(bits, answers) {
            let comment: Comment = "bit \(bit % 8) of byte \(bit / 8): \(answer)"
            // The passphrase cannot tell a damaged slot from one for another passphrase.
            let statuses = slot.contains(bit / 8) ? ["4", "5"] : ["5"]
            #expect(statuses.contains(answer.status), comment)
            #expect(answer.output == "" && answer.errors.hasPrefix("otptoken: "), comment)
            #expect(answer.errors.contains("\nhint: "), comment)
        }
        #expect(Set(answers.map(\.status)) == ["4", "5"])
    }

    @Test func `is refused before it can ask for memory`() throws {
        let line = try scrypt(keys)
        let costs = [
            "63 8 1", "64 8 1", "21 8 1", "13 8 1", "0 8 1", "-17 8 1", "17 9 1", "17 16 1",
            "14 1073741824 1", "17 7 1", "17 8 5", "17 8 0", "14 8 1073741823",
            "99999999999999999999 8 1", "14 8 99999999999999999999", "014 8 1",
        ]
        let stores = try costs.map { cost in
            try keys.file(
                store, slots: [line.replacingOccurrences(of: " 14 8 1 ", with: " \(cost) ")])
        }
        // Less memory than the usual cost takes.
        let options = try withPassphrase()
        let limit = "ulimit -v 65536"
        try expectRefusals(stores, options, before: limit) { costs[$0] }
        // The limit is felt: what is not refused asks for memory.
        let usual = try keys.file(store, slots: [scrypt(keys, "17 8 1")])
        #expect(try farm.show([usual], options, before: limit)[0].status == "1")
        #expect(try farm.show([usual], options)[0].status == "0")
    }
}
