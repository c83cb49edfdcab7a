import Platform
import Testing

@Suite struct `Server addresses` {
    @Test(arguments: [
        ("https://token.example.com", "https://token.example.com", "token.example.com", 443, ""),
        ("HTTPS://token.example.com/", "https://token.example.com", "token.example.com", 443, ""),
        ("https://a.example:443/x/y//", "https://a.example/x/y", "a.example", 443, "/x/y"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1", 8080, ""),
        ("http://[::1]:8080/t", "http://[::1]:8080/t", "::1", 8080, "/t"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]", "2001:db8::1", 443, ""),
        ("http://h:80", "http://h", "h", 80, ""),
        ("https://Token.Example/X", "https://token.example/X", "token.example", 443, "/X"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]", "2001:db8::1", 443, ""),
        ("https://h:80", "https://h:80", "h", 80, ""),
        ("https://h/a%20b", "https://h/a%20b", "h", 443, "/a%20b"),
        ("https://h:65535", "https://h:65535", "h", 65535, ""),
    ]) func `are read`(text: String, form: String, host: String, port: UInt16, path: String) throws
    {
        let url = try #require(ServerURL(text))
        #expect(url.text == form)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.path == path)
        #expect(url.isSecure == form.hasPrefix("https"))
        #expect(ServerURL(url.text) == url)
    }

    @Test(arguments: [
        "", "token.example.com", "ftp://h", "file:///etc/passwd", "https:", "https://",
        "https:///x",
        "https://user@h", "https://user:pw@h", "https://h?q", "https://h/#f", "https://h:0",
        "https://h:65536", "https://h:-1", "https://h:x", "https://h h", "https://h\n",
        " https://h",
        "https://h/\r\nX:y", "https://é.example", "https://%C3%A9.example", "https://a%00b",
        "https://a%0D%0Ab", "https://a%2Fb", "https://a%20b", "https://[::1", "https://::1",
        "https://[::1%25eth0]", "https://h/\u{7F}", "javascript://h", "https://\u{1B}h",
        "http://127.0.0.1\0", "http://127.0.0.1\0\u{1B}b/", "https://[::1\0]", "https://[::1\0x]/",
    ]) func `are refused`(text: String) { #expect(ServerURL(text) == nil) }

    @Test func `are not longer than 512 bytes`() {
        let start = "https://h/"
        #expect(ServerURL(start + String(repeating: "a", count: 502)) != nil)
        #expect(ServerURL(start + String(repeating: "a", count: 503)) == nil)
    }

    @Test(arguments: [
        ("http://127.0.0.1", true), ("http://127.1.2.3", true), ("http://localhost", true),
        ("http://[::1]", true), ("http://127.0.0.1.example", false), ("http://127.example", false),
        ("http://localhost.example", false), ("http://128.0.0.1", false),
        ("http://10.0.0.1", false),
        ("http://[::2]", false), ("http://127.0.0.999", false), ("http://127.0.0.1.", false),
        ("http://127.0.0.0.1", false), ("http://1270.0.0.1", false),
    ]) func `are loopback only when they can be nothing else`(text: String, loopback: Bool) throws {
        #expect(ServerURL(text)?.isLoopback ?? false == loopback)
    }
}

@Suite struct `Moments` {
    @Test(arguments: [
        ("0", 0 as Int64), ("1767225600", 1_767_225_600), ("253402300799", 253_402_300_799),
        ("1970-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00Z", 1_767_225_600),
        ("2026-01-01t00:00:00z", 1_767_225_600), ("2026-01-01 00:00:00Z", 1_767_225_600),
        ("2026-01-01T09:00:00+09:00", 1_767_225_600), ("2025-12-31T19:00:00-05:00", 1_767_225_600),
        ("2026-01-01T05:30:00+05:30", 1_767_225_600), ("2026-01-01T00:00:00-00:00", 1_767_225_600),
        ("2026-01-01T00:00:00.0Z", 1_767_225_600),
        ("2026-01-01T00:00:00.999999999Z", 1_767_225_600),
        ("2026-01-01T09:00:00.5+09:00", 1_767_225_600), ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("2000-02-29T23:59:59Z", 951_868_799), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ("2016-12-31T23:59:60Z", 1_483_228_800), ("2017-01-01T08:59:60+09:00", 1_483_228_800),
    ]) func `are read`(text: String, seconds: Int64) { #expect(moment(text) == seconds) }

    @Test(arguments: [
        "", " ", "-1", "+1", "1.5", "0x10", "１", "1e3", "253402300800", "9999999999999", "now",
        "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00Z", "2026-1-1T00:00:00Z",
        "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z", "2026-01-01T12:00:60Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+09:60", "2026-01-01T00:00:00+0900", "2026-01-01T00:00:00+09",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00Z ",
        " 2026-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-00:01", "2026-01-01_00:00:00Z", "20260101T000000Z",
        "2026-01-01T00:00:00 Z", "1970-01-01T00:00:00+00:01", "２026-01-01T00:00:00Z",
    ]) func `are refused`(text: String) { #expect(moment(text) == nil) }
}

@Suite struct `Lengths of time` {
    @Test(arguments: [
        ("1s", 1), ("30s", 30), ("15m", 900), ("90m", 5400), ("8h", 28800), ("7d", 604_800),
        ("30d", 2_592_000), ("720h", 2_592_000), ("43200m", 2_592_000), ("2592000s", 2_592_000),
    ]) func `are read`(text: String, seconds: Int) { #expect(duration(text) == seconds) }

    @Test(arguments: [
        "", "s", "0s", "0d", "01s", "15", "15 m", " 15m", "15m ", "-1s", "+1s", "1.5h", "1h30m",
        "15M", "15min", "1w", "31d", "721h", "2592001s", "9999999d", "99999999s",
        "99999999999999999999d", "１５m", "0x1s", "1e3s", "m15",
    ]) func `are refused`(text: String) { #expect(duration(text) == nil) }
}
