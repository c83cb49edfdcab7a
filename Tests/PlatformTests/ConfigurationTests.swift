import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct `The configuration` {
    private func entries(_ text: String) throws -> [String] {
        try Configuration(parsing: Array(text.utf8)).entries.map {
            "\($0.line) \($0.key) [\($0.value)]"
        }
    }

    private func failure(_ text: [UInt8]) -> ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try Configuration(parsing: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `has keys and values`() throws {
        let text = """
            # what opens the store

            passphrase.command = secret-tool lookup "a  b" # 'c'
            \t unlock.for=15m\t\u{20}
              # another comment
            clock.servers =  ntp1.example  ntp2.example
            a==b
            b = # no comment
            c = 時計 ｅ́ 🔑\tx
            """
        #expect(
            try entries(text) == [
                #"3 passphrase.command [secret-tool lookup "a  b" # 'c']"#, "4 unlock.for [15m]",
                "6 clock.servers [ntp1.example  ntp2.example]", "7 a [=b]", "8 b [# no comment]",
                "9 c [時計 ｅ́ 🔑\tx]",
            ])
        let configuration = try Configuration(parsing: Array(text.utf8))
        #expect(configuration.value("unlock.for") == "15m")
        #expect(configuration.value("unlock") == nil)
        #expect(configuration.value("") == nil)
    }

    @Test(arguments: ["", "\n", "\r\n\r\n", " \t\n", "#", "# a = b", " #a=b\n#c", "\n\n\n"])
    func `may say nothing`(text: String) throws { #expect(try entries(text).isEmpty) }

    @Test(arguments: ["a = b\r\nc = d\r\n", "a = b\nc = d", "a = b\nc = d\n", "a = b\r\nc=d"])
    func `has lines of every kind`(text: String) throws {
        #expect(try entries(text) == ["1 a [b]", "2 c [d]"])
    }

    @Test(
        arguments: [
            ("a", 1, .noEqualsSign), ("# x\n\na.b c", 3, .noEqualsSign),
            ("=b", 1, .badKey("")), (" = b", 1, .badKey("")), ("A = b", 1, .badKey("A")),
            ("a_b = c", 1, .badKey("a_b")), ("a b = c", 1, .badKey("a b")),
            ("a1 = c", 1, .badKey("a1")), ("é = c", 1, .badKey("é")),
            ("\u{FEFF}a = b", 1, .badKey("\u{FEFF}a")),
            ("a =", 1, .noValue("a")), ("\na.b = \t \n", 2, .noValue("a.b")),
            ("a = 1\n\na = 2", 3, .repeated("a", line: 1)),
            ("a = 1\nb = 1\nb = 1", 3, .repeated("b", line: 2)),
            ("a = \u{1B}[2J", 1, .controlCharacter), ("a = b\0", 1, .controlCharacter),
            ("# \u{7}", 1, .controlCharacter), ("a = b\u{85}c", 1, .controlCharacter),
            ("x = y\na = b\u{7F}", 2, .controlCharacter), ("a = b\rc = d", 1, .controlCharacter),
            ("a = b\r\r\n", 1, .controlCharacter),
        ] as [(String, Int, ConfigurationError.Fault)])
    func `is refused at the line that is wrong`(
        text: String, line: Int, fault: ConfigurationError.Fault
    ) {
        #expect(failure(Array(text.utf8)) == .line(line, fault))
    }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE3, 0x81]] as [[UInt8]])
    func `is UTF-8`(bytes: [UInt8]) {
        #expect(failure(Array("a = b\nc = ".utf8) + bytes) == .line(2, .notUTF8))
        #expect(failure(Array("#".utf8) + bytes) == .line(1, .notUTF8))
    }

    @Test func `has at most 64 KiB`() throws {
        let limit = 64 << 10
        let text = Array("a = ".utf8) + bytes(120, limit - 4)
        #expect(try Configuration(parsing: text).value("a")?.utf8.count == limit - 4)
        #expect(failure(text + [120]) == .file(.tooLong))
    }

    @Test func `is the same once it was written`() throws {
        let text = "\t#\r\n\r\n x.y =  1 =\t2  \r\nz=#\u{3000}\n"
        let read = try Configuration(parsing: Array(text.utf8))
        #expect(read.text == "x.y = 1 =\t2\nz = #\u{3000}\n")
        let again = try Configuration(parsing: Array(read.text.utf8))
        #expect(again.text == read.text)
        #expect(again.entries.map(\.value) == read.entries.map(\.value))
        #expect(try Configuration(parsing: Array(again.text.utf8)) == again)
    }
}

@Suite struct `The configuration file` {
    let folder: TemporaryFolder
    var path: String { folder.path + "/config" }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, mode: mode_t = 0o600) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(unsafe chmod(path, mode) == 0)
    }

    private func failure() -> ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try Configuration.read(path)
            return nil
        } catch {
            return error
        }
    }

    @Test func `need not be there`() throws {
        #expect(try Configuration.read(path).entries.isEmpty)
        #expect(try Configuration.read(folder.path + "/none/config").entries.isEmpty)
    }

    @Test(arguments: [0o600, 0o644, 0o400, 0o755] as [mode_t])
    func `is read when nobody else can write it`(mode: mode_t) throws {
        try write("unlock.for = 8h\n", mode: mode)
        #expect(try Configuration.read(path).value("unlock.for") == "8h")
    }

    @Test(arguments: [0o620, 0o602, 0o666, 0o777] as [mode_t])
    func `is refused when others can write it`(mode: mode_t) throws {
        try write("unlock.for = 8h\n", mode: mode)
        #expect(failure() == .file(.exposed(mode: UInt32(mode))))
    }

    @Test func `is found behind a symbolic link, and what it leads to is checked`() throws {
        #expect(unsafe mkdir(folder.path + "/dotfiles", 0o700) == 0)
        let real = folder.path + "/dotfiles/config"
        try "a = b".write(toFile: real, atomically: false, encoding: .utf8)
        #expect(unsafe symlink("dotfiles/config", path) == 0)
        #expect(try Configuration.read(path).value("a") == "b")
        #expect(unsafe chmod(real, 0o666) == 0)
        #expect(failure() == .file(.exposed(mode: 0o666)))
        #expect(unsafe unlink(real) == 0)
        #expect(try Configuration.read(path).entries.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `is no pipe, no folder and no device`() throws {
        #expect(unsafe mkfifo(path, 0o600) == 0)
        #expect(failure() == .file(.notRegular))
        #expect(unsafe unlink(path) == 0 && mkdir(path, 0o700) == 0)
        #expect(failure() == .file(.notRegular))
        #expect(unsafe rmdir(path) == 0 && symlink("/dev/null", path) == 0)
        #expect(failure() == .file(.notRegular))
    }

    @Test(.enabled(if: geteuid() == 0)) func `is refused when it is somebody else's`() throws {
        try write("a = b")
        #expect(unsafe chown(path, 65534, 65534) == 0)
        #expect(failure() == .file(.foreignOwner))
    }

    @Test func `is refused when it is too long, or wrong`() throws {
        try write(String(repeating: "#\n", count: 33 << 10))
        #expect(failure() == .file(.tooLong))
        try write("a = b\nc")
        #expect(failure() == .line(2, .noEqualsSign))
    }
}

@Suite struct `Where files lie` {
    private func locations(_ environment: [String: String]) -> Locations? {
        Locations(environment: { environment[$0] })
    }

    @Test func `in the home folder, unless XDG has other places`() throws {
        let home = try #require(locations(["HOME": "/h"]))
        #expect(home.store == "/h/.local/share/otptoken/tokens")
        #expect(home.deviceKey == "/h/.local/state/otptoken/device.key")
        #expect(home.config == "/h/.config/otptoken/config")
        let xdg = try #require(
            locations([
                "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "/c",
            ]))
        #expect(xdg.data == "/d/otptoken")
        #expect(xdg.state == "/s/otptoken")
        #expect(xdg.config == "/c/otptoken/config")
    }

    @Test func `in one folder, when there is one for all`() throws {
        let one = try #require(locations(["OTPTOKEN_HOME": "/o", "HOME": "/h"]))
        #expect(one == Locations(home: "/o"))
        #expect(one.data == "/o" && one.state == "/o" && one.config == "/o/config")
    }

    @Test func `nowhere without a home, and a relative path is none`() {
        #expect(locations([:]) == nil)
        #expect(locations(["HOME": ""]) == nil)
        #expect(locations(["XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s"]) == nil)
        #expect(
            locations(["HOME": "/h", "XDG_CONFIG_HOME": "c", "OTPTOKEN_HOME": ""])?.config
                == "/h/.config/otptoken/config")
    }
}
