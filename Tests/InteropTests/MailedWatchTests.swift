import Foundation
import TestSupport
import Testing

/// `watch` of a token whose codes are mailed.
struct MailedWatchTests {
    @Test func `prints each code as its mail comes`() throws {
        let home = try MailedHome()
        let watching = try RunningProgram(
            Program.otptoken, ["watch", "hellowork", "--count", "2"], home: home.home)
        try home.deliver(MailedHome.mail("コード：123456"))
        #expect(poll { watching.output == "hellowork\t123456\n" ? true : nil } == true)
        try home.deliver(MailedHome.mail("コード：654321", at: MailedHome.now + 1))
        let outcome = try #require(watching.outcome())
        #expect(
            outcome.status == 0 && outcome.output == "hellowork\t123456\nhellowork\t654321\n",
            "\(outcome)")
    }

    @Test func `notes the last tenth of its time, and its end`() throws {
        let home = try MailedHome()
        let (extra, age) = try home.age()
        let watching = try RunningProgram(
            Program.otptoken, ["watch", "--json"], home: home.home, extra: extra)
        try home.put(MailedHome.mail("コード：123456"))
        #expect(
            poll {
                watching.output.contains("\"kind\":\"mailed\",\"code\":\"123456\"") ? true : nil
            } == true)
        #expect(watching.errors == "")
        try age(1700)
        #expect(
            poll { watching.errors.contains("the code of hellowork lapses in ") ? true : nil }
                == true)
        try age(1900)
        #expect(poll { watching.errors.contains("lapsed on") ? true : nil } == true)
        #expect(watching.output.split(separator: "\n").count == 1)
    }

    @Test func `waits on the screen, counts down, and waits again`() throws {
        let home = try MailedHome()
        let (extra, age) = try home.age()
        let terminal = try Tmux(home: home.person.folder, columns: 80)
        let variables = extra.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        try terminal.type("env \(variables) otptoken watch")
        try terminal.wait {
            $0.contains("waiting for a mail with a code") && $0.contains("q leaves")
        }
        try home.deliver(MailedHome.mail("コード：123456"))
        try terminal.wait { $0.contains("123 456") && $0.contains(#/█ 2[0-9] min( [0-9]+ s)?\n/#) }
        try terminal.press("c")
        try home.deliver(MailedHome.mail("コード：654321", at: MailedHome.now + 1))
        try terminal.wait { $0.contains("654 321") && !$0.contains("123 456") }
        try age(1750)
        try terminal.wait { $0.contains(#/ [0-9][0-9]? s\n/#) }
        try age(1900)
        try terminal.wait { $0.contains("lapsed on") && !$0.contains("654 321") }
        try terminal.press("q")
    }
}
