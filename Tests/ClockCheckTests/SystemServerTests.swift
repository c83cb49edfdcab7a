import ClockCheck
import Foundation
import Glibc
import Platform
import TestSupport
import Testing

private typealias Server = SystemServers.Server

@Suite struct `The servers of systemd-timesyncd` {
    private func servers(_ texts: String...) -> [Server] {
        SystemServers.timesyncd(texts.map { Array($0.utf8) })
    }

    private func hosts(_ texts: String...) -> [String] {
        SystemServers.timesyncd(texts.map { Array($0.utf8) }).map(\.host)
    }

    @Test func `are those of the section Time`() {
        #expect(
            servers(
                """
                # NTP=comment.example
                NTP=nowhere.example
                [Other]
                NTP=other.example
                [Time]
                ;NTP=comment.example
                  NTP = a.example\tb.example  192.0.2.1 2001:db8::1\r
                FallbackNTP=c.example
                ntp=lower.example
                """)
                == [
                    Server(host: "a.example"), Server(host: "b.example"),
                    Server(host: "192.0.2.1"), Server(host: "2001:db8::1"),
                ])
    }

    @Test func `add up, until an empty line takes them back`() {
        let first = "[Time]\nNTP=a.example\nFallbackNTP=f.example"
        #expect(hosts(first, "[Time]\nNTP=b.example a.example") == ["a.example", "b.example"])
        #expect(hosts(first, "[Time]\nNTP=\nNTP=b.example") == ["b.example"])
        #expect(hosts(first, "[Time]\nNTP=") == ["f.example"])
        #expect(hosts(first, "[Time]\nNTP=\nFallbackNTP=").isEmpty)
        // The section of one file is not that of the next.
        #expect(hosts(first, "NTP=b.example") == ["a.example"])
        #expect(hosts().isEmpty)
    }

    @Test func `go on after a backslash`() {
        #expect(
            hosts("[Time]\nNTP=a.example \\\n# between\n  b.example\\\nc.example\nNTP=d.example")
                == ["a.example", "b.example", "c.example", "d.example"])
    }

    @Test(arguments: [
        "a..b", "-a.example", "a-.example", ".example", "a.example.", "a b", "a/b", "a@b",
        "a%eth0", "fe80::1%eth0", "ａ.example", "a\u{7}.example", "1.2.3", "1.2.3.4.5", "1.2.3.256",
        "12345", "a:123", "::g", ":", "[::1]", "12345::", "*", "$(x)", "''",
        String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "a",
    ])
    func `have names and addresses alone`(host: String) {
        let found = hosts("[Time]\nNTP=\(host) good.example")
        #expect(!found.contains(host) && found.last == "good.example")
    }

    @Test func `are not without end`() {
        let names = (0..<1000).map { "a\($0).example" }
        #expect(hosts("[Time]\nNTP=" + names.joined(separator: " ")) == Array(names.prefix(32)))
        #expect(hosts("[Time]\nNTP=a.example\n#" + String(repeating: "x", count: 65_536)).isEmpty)
        #expect(SystemServers.timesyncd([[0xFF, 0, 0x5B, 0x0A, 0x3D, 0x0A, 0x5C]]).isEmpty)
    }
}

@Suite struct `The servers of chrony` {
    private func servers(_ text: String) -> [Server] {
        SystemServers.chrony(Array(text.utf8)) { _ in [] }
    }

    @Test func `are server, pool and peer`() {
        #expect(
            servers(
                """
                ! server c1.example
                ; server c2.example
                # server c3.example
                % server c4.example
                server a.example iburst
                 Pool\tb.example  iburst maxsources 4
                peer 2001:db8::2
                server
                servers d.example
                refclock SHM 0
                server a.example minpoll 4
                """)
                == [
                    Server(host: "a.example"), Server(host: "b.example"),
                    Server(host: "2001:db8::2"),
                ])
    }

    @Test(arguments: [
        ("port 1123", Server(host: "a.example", port: 1123)),
        ("iburst PORT 1123 minpoll 4", Server(host: "a.example", port: 1123)),
        ("nts", Server(host: "a.example", isNTS: true)),
        ("NTS ntsport 14460", Server(host: "a.example", port: 14460, isNTS: true)),
        ("ntsport 14460 port 99 nts", Server(host: "a.example", port: 14460, isNTS: true)),
        ("ntsport 14460", Server(host: "a.example")),
        ("nts port 99", Server(host: "a.example", isNTS: true)),
        ("port", nil), ("port 0", nil), ("port 65536", nil), ("port +1", nil), ("noselect", nil),
    ])
    fileprivate func `have options`(options: String, server: SystemServers.Server?) {
        #expect(servers("server a.example \(options)") == (server.map { [$0] } ?? []))
    }

    @Test func `lie in further files`() {
        var asked: [SystemServers.Inclusion] = []
        let found = SystemServers.chrony(
            Array(
                """
                server a.example
                include /etc/chrony/more/*.conf
                confdir /etc/chrony/conf.d /run/chrony
                sourcedir /run/chrony-dhcp
                include relative.conf
                confdir
                server z.example
                """.utf8)
        ) { inclusion in
            asked.append(inclusion)
            let name = "server f\(asked.count).example"
            return [Array(name.utf8), Array("pool a.example".utf8)]
        }
        #expect(
            asked == [
                .files("/etc/chrony/more/*.conf"),
                .folders(["/etc/chrony/conf.d", "/run/chrony"], ending: ".conf"),
                .folders(["/run/chrony-dhcp"], ending: ".sources"),
            ])
        #expect(
            found.map(\.host)
                == ["a.example", "f1.example", "f2.example", "f3.example", "z.example"])
    }

    @Test func `are found though a file names itself`() {
        let text = Array("include /etc/chrony/*\ninclude /x\nserver a.example".utf8)
        var count = 0
        let found = SystemServers.chrony(text) { _ in
            count += 1
            return [text, text]
        }
        #expect(found == [Server(host: "a.example")])
        #expect(count < 500)
    }
}

@Suite struct `The files of the time service` {
    private let folder: TemporaryFolder
    private let files: TimeServiceFiles

    init() throws {
        folder = try TemporaryFolder()
        files = TimeServiceFiles(root: folder.path)
    }

    private func write(_ path: String, _ text: String) throws {
        let url = URL(fileURLWithPath: folder.path + path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func texts(_ texts: [[UInt8]]) -> [String] {
        texts.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `may all be missing`() {
        #expect(files.timesyncd.isEmpty && files.chrony == nil)
        #expect(files.texts(matching: "/etc/*").isEmpty)
        #expect(files.texts(in: ["/etc"], ending: ".conf").isEmpty)
    }

    @Test func `of systemd come in its order`() throws {
        try write("/usr/lib/systemd/timesyncd.conf", "usr main")
        #expect(texts(files.timesyncd) == ["usr main"])
        try write("/etc/systemd/timesyncd.conf", "etc main")
        try write("/usr/lib/systemd/timesyncd.conf.d/10-a.conf", "usr 10")
        try write("/usr/lib/systemd/timesyncd.conf.d/90-z.conf", "usr 90")
        try write("/usr/lib/systemd/timesyncd.conf.d/80-masked.conf", "masked")
        try write("/run/systemd/timesyncd.conf.d/20-b.conf", "run 20")
        try write("/run/systemd/timesyncd.conf.d/90-z.conf", "run 90")
        try write("/etc/systemd/timesyncd.conf.d/15-c.conf", "etc 15")
        try write("/etc/systemd/timesyncd.conf.d/15-c.conf.orig", "no")
        try write("/etc/systemd/timesyncd.conf.d/.hidden.conf", "no")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/etc/systemd/timesyncd.conf.d/80-masked.conf",
            withDestinationPath: "/dev/null")
        #expect(texts(files.timesyncd) == ["etc main", "usr 10", "etc 15", "run 20", "run 90"])
    }

    @Test func `of chrony lie where they may`() throws {
        try write("/etc/chrony.conf", "etc")
        #expect(files.chrony == Array("etc".utf8))
        try write("/etc/chrony/chrony.conf", "debian")
        #expect(files.chrony == Array("debian".utf8))
        try write("/etc/chrony/more/b.conf", "b")
        try write("/etc/chrony/more/a.conf", "a")
        try write("/etc/chrony/more/a.sources", "s")
        try write("/etc/chrony/other/a.conf", "other")
        try write("/etc/chrony/other/c.conf", "c")
        #expect(texts(files.texts(matching: "/etc/chrony/more/*.conf")) == ["a", "b"])
        let folders = ["/etc/chrony/more", "/etc/chrony/none", "/etc/chrony/other"]
        #expect(texts(files.texts(in: folders, ending: ".conf")) == ["a", "b", "c"])
    }

    @Test func `are files, and short`() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/etc/chrony.conf", withIntermediateDirectories: true)
        #expect(files.chrony == nil)
        try FileManager.default.removeItem(atPath: folder.path + "/etc/chrony.conf")
        try #require(unsafe mkfifo(folder.path + "/etc/chrony.conf", 0o600) == 0)
        #expect(files.chrony == nil)
        try write("/etc/chrony/chrony.conf", String(repeating: "x", count: 100_000))
        #expect(files.chrony?.count == TimeServiceFiles.maximumCount + 1)
    }

    @Test func `lead to the servers`() throws {
        try write(
            "/etc/chrony/chrony.conf",
            "pool p.example\nconfdir /etc/chrony/conf.d\nsourcedir /etc/chrony/sources.d")
        try write("/etc/chrony/conf.d/a.conf", "server a.example nts")
        try write("/etc/chrony/sources.d/b.sources", "server b.example port 1123")
        let found = SystemServers.chrony(try #require(files.chrony)) {
            switch $0 {
            case .files(let pattern): files.texts(matching: pattern)
            case .folders(let folders, let ending): files.texts(in: folders, ending: ending)
            }
        }
        #expect(
            found == [
                Server(host: "p.example"), Server(host: "a.example", isNTS: true),
                Server(host: "b.example", port: 1123),
            ])
    }
}
