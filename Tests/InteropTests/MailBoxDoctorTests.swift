import Foundation
import TestSupport
import Testing

/// What `doctor` finds where mails with codes arrive.
struct MailBoxDoctorTests {
    private let home: MailedHome

    init() throws { home = try MailedHome(nil) }

    private func setUp(_ source: String...) throws {
        let made = try home.run(["init", "--mailed", "--profile", "hellowork"] + source)
        try #require(made.status == 0, "\(made)")
    }

    /// The line about the mail box and the one below it, and the status.
    private func examine() throws -> (lines: [Substring], status: Int32) {
        let outcome = try home.run("doctor", "--offline")
        let lines = outcome.output.split(separator: "\n")
        let place = try #require(
            lines.firstIndex { $0.contains("mail box of hellowork") || $0.contains("fetch") },
            "\(outcome)")
        return (Array(lines[place...].prefix(2)), outcome.status)
    }

    private static let fine = "ok       mail box of hellowork: it is there"

    @Test func `a Maildir is a folder with new and cur`() throws {
        try setUp("--maildir", "Maildir")
        #expect(try examine().lines[0] == Self.fine)
        try FileManager.default.removeItem(atPath: home.new)
        let (lines, status) = try examine()
        #expect(status == 7 && lines[0] == "problem  the mail box of hellowork is out of reach")
        #expect(lines[1] == "         → \(home.maildir) does not exist")
    }

    @Test func `an mbox is a file, or none yet`() throws {
        let folder = home.home + "/mail"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        try setUp("--mbox", "mail/box")
        #expect(try examine().lines[0] == Self.fine)
        try FileManager.default.createDirectory(
            atPath: folder + "/box", withIntermediateDirectories: false)
        #expect(try examine().status == 7)
        try FileManager.default.removeItem(atPath: folder)
        #expect(try examine().status == 7)
    }

    @Test func `a command is there, and is not run`() throws {
        let fetch = home.home + "/fetch"
        try "#!/bin/sh\necho ran >> \(home.home)/log\n".write(
            toFile: fetch, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: fetch)
        try setUp("--command", "\(fetch) now")
        let log = try String(contentsOfFile: home.home + "/log", encoding: .utf8)
        #expect(try examine().lines[0] == Self.fine)
        #expect(try String(contentsOfFile: home.home + "/log", encoding: .utf8) == log)
        try FileManager.default.removeItem(atPath: fetch)
        let (lines, status) = try examine()
        #expect(status == 7 && lines[0].hasPrefix("problem "), "\(lines)")
    }
}
