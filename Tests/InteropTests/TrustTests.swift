import Foundation
import TestSupport
import Testing

/// `trust`: on which devices a mailed code is skipped, while the days go by.
struct TrustTests {
    private static let day = 86400

    @Test func `is remembered for each device, and told before it ends`() throws {
        let home = try MailedHome()
        let (extra, age) = try home.age()
        func run(_ arguments: String...) throws -> Outcome { try home.run(arguments, extra: extra) }
        #expect(try run("trust", "list").output == "")
        let added = try run("trust", "add", "hellowork", "--device", "Firefox, laptop", "--yes")
        #expect(
            added.status == 0 && added.output == ""
                && added.errors.contains("skips the code on Firefox, laptop until"))
        try age(10 * Self.day)
        #expect(try run("trust", "add", "hellowork", "--device", "Chrome", "--yes").status == 0)
        try age(10 * Self.day + 1)
        let list = try run("trust", "list").output.split(separator: "\n")
        #expect(list.count == 3 && list[1].hasSuffix("80 days") && list[2].hasSuffix("90 days"))
        #expect(try run("list").output.contains("Firefox, laptop: 80 days; Chrome: 90 days\n"))
        #expect(try run("list", "--json").output.contains("\"device\":\"Chrome\""))
        // A week before, and not a minute earlier.
        try age(83 * Self.day - 60)
        #expect(try run("trust", "due").status == 0)
        try age(83 * Self.day + 60)
        let due = try run("trust", "due")
        #expect(due.status == 1 && due.errors == "" && due.output.split(separator: "\n").count == 1)
        #expect(due.output.contains("asks for a code again on Firefox, laptop"))
        #expect(due.output.contains("7 days left"))
        for command in [["list"], ["show", "hellowork"]] {
            try home.put(
                MailedHome.mail("コード：123456", at: MailedHome.now + 83 * Self.day),
                at: MailedHome.now + 83 * Self.day)
            let outcome = try home.run(command, extra: extra)
            #expect(outcome.errors.contains("on Firefox, laptop"), "\(outcome)")
            #expect(!outcome.errors.contains("Chrome"))
        }
        // Ticked once more, it begins anew.
        #expect(
            try run("trust", "add", "hellowork", "--device", "Firefox, laptop", "--yes").status == 0
        )
        #expect(try run("trust", "due", "hellowork").status == 0)
        try age(100 * Self.day + 60)
        #expect(try run("trust", "list").output.contains("ended"))
        #expect(try run("trust", "due").output == "")
        let cleared = try run("trust", "clear", "hellowork")
        #expect(
            cleared.status == 0 && cleared.errors.contains("2 devices of hellowork are forgotten"))
        #expect(
            try run("trust", "list").output == "" && run("trust", "list", "--json").output == "[]\n"
        )
    }

    @Test func `is another one for each account, and stays when it is renamed or set up anew`()
        throws
    {
        let home = try MailedHome(["--profile", "hellowork", "--name", "a", "--to", "a@example.jp"])
        let options = ["init", "--mailed", "--profile", "hellowork", "--maildir", "Maildir"]
        #expect(try home.run(options + ["--name", "b", "--to", "b@example.jp"]).status == 0)
        #expect(try home.run("trust", "add", "a", "--device", "端末 1", "--yes").status == 0)
        #expect(try home.run("trust", "add", "b", "--device", "端末 1", "--yes").status == 0)
        #expect(try home.run("trust", "clear", "b").status == 0)
        #expect(try home.run("rename", "a", "c").status == 0)
        #expect(
            try home.run(options + ["--name", "c", "--to", "a@example.jp", "--force"]).status == 0)
        let list = try home.run(["trust", "list"], extra: ["LC_ALL": "ja_JP.UTF-8"])
        #expect(
            list.output.contains("端末 1") && list.output.split(separator: "\n").count == 2, "\(list)"
        )
        #expect(list.output.contains("\nc "))
    }

    @Test func `a shared device is asked about`() throws {
        let home = try MailedHome()
        let terminal = try Tmux(home: home.person.folder, columns: 100)
        try terminal.type("otptoken trust add hellowork --device 'the library'; echo status $?")
        try terminal.wait { $0.contains("yours alone?") }
        try terminal.type("n")
        try terminal.wait { $0.contains("status 1") }
        #expect(try home.run("trust", "list").output == "")
        try terminal.type("clear; otptoken trust add hellowork --device mine; echo status $?")
        try terminal.wait { $0.contains("yours alone?") }
        try terminal.type("y")
        try terminal.wait { $0.contains("status 0") }
        #expect(try home.run("trust", "list").output.contains("mine"))
        // Without a terminal nobody can say so.
        #expect(try home.run("trust", "add", "hellowork", "--device", "other").status != 0)
    }

    @Test(arguments: [
        ["trust"], ["trust", "ad"], ["trust", "add"], ["trust", "add", "hellowork"],
        ["trust", "clear"],
        ["trust", "add", "hellowork", "--device", "", "--yes"],
        ["trust", "add", "hellowork", "--device", "a\nb", "--yes"],
        ["trust", "list", "--device", "x"], ["trust", "due", "--json"], ["trust", "due", "a", "b"],
    ]) func `is refused where it makes no sense`(arguments: [String]) throws {
        let outcome = try MailedHome().run(arguments)
        #expect(outcome.status == 2 && outcome.output == "", "\(outcome)")
    }

    @Test func `is for mailed codes that may be skipped`() throws {
        let home = try MailedHome(["--profile", "hellowork", "--skip-days", "0"])
        let never = try home.run("trust", "add", "hellowork", "--device", "x", "--yes")
        #expect(never.status == 1 && never.errors.contains("always asks for its code"))
        #expect(try home.run("trust", "add", "nobody", "--device", "x", "--yes").status == 3)
        try StoreMaker.write([StoreMaker.token("Acme Bank")], home: home.home)
        #expect(try home.run("trust", "clear", "Acme Bank").status == 1)
    }
}
