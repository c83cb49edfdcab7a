import Foundation
import TestSupport
import Testing

/// `init` without options, in a real terminal.
struct PromptTests {
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
    }

    @Test func `asks for what is missing, and for the start password without echo`() throws {
        let issuer = try RunningIssuer()
        let user = try issuer.issue()
        let terminal = try Tmux(home: home, columns: 100)
        try terminal.type("otptoken init; echo left with $?")
        let start = try terminal.wait { $0.contains("Issuer's address (") }
        #expect(start.contains("The issuance mail has the issuer's address"))
        try terminal.type(issuer.url)
        try terminal.wait { $0.contains("Service ID") }
        // As pasted from a mail, and with a Japanese keyboard.
        try terminal.type("１０１２ 1234")
        try terminal.wait { $0.contains("User ID") }
        try terminal.type("not a user!")
        try terminal.wait { $0.contains("this is no user ID") }
        try terminal.type(user)
        try terminal.wait { $0.contains("Start password") }
        try terminal.type("48151623")
        // The code goes on live, with what to do with it.
        let live = try terminal.wait { $0.contains("Acme Bank · ") && $0.contains(" s\n") }
        #expect(
            live.contains("Now enter this code ") && live.contains("Enter when it is confirmed"))
        #expect(live.contains(#/\n  [0-9]{4} [0-9]{4}\n/#))
        try terminal.press("Enter")
        let screen = try terminal.wait { $0.contains("left with 0") }
        #expect(screen.contains("Enrolled as Acme Bank"))
        #expect(screen.contains("From now on `otptoken show` prints the code"))
        // The first one stays, as standard output has it.
        #expect(screen.contains(#/\n[0-9]{8}\n/#))
        #expect(!screen.contains("48151623"))
        #expect(
            try Program.run(Program.otptoken, ["list", "--names"], home: home.path).output
                == "Acme Bank\n")
    }

    @Test func `Ctrl-C at the start password puts the echo back and leaves no trace`() throws {
        let terminal = try Tmux(home: home, columns: 100)
        try terminal.type(
            "otptoken init --server http://127.0.0.1:9 --service-id 10121234 --user-id a")
        try terminal.wait { $0.contains("Start password") }
        try terminal.press("C-c")
        try terminal.type("stty -a")
        let screen = try terminal.wait { $0.contains("icanon") }
        #expect(screen.contains(" echo "))
        #expect(!FileManager.default.fileExists(atPath: home.path + "/otptoken/tokens"))
    }

    @Test func `Ctrl-D gives up`() throws {
        let terminal = try Tmux(home: home, columns: 100)
        try terminal.type("otptoken init; echo left with $?")
        try terminal.wait { $0.contains("Issuer's address") }
        try terminal.press("C-d")
        try terminal.wait { $0.contains("given up") && $0.contains("left with 1") }
    }

    @Test func `the start password can be typed after a suspension, still unseen`() throws {
        let terminal = try Tmux(home: home, columns: 100)
        try terminal.type(
            "otptoken init --server http://127.0.0.1:9 --service-id 10121234 --user-id a")
        try terminal.wait { $0.contains("Start password") }
        try terminal.press("C-z")
        try terminal.type("echo back in the shell")
        try terminal.wait { $0.contains("\nback in the shell") }
        try terminal.type("fg")
        try terminal.wait {
            $0.hasSuffix(
                "otptoken init --server http://127.0.0.1:9 --service-id 10121234 --user-id a\n")
                || $0.contains("fg")
        }
        Thread.sleep(forTimeInterval: 0.3)
        try terminal.type("48151623")
        let screen = try terminal.wait { $0.contains("Connection refused") }
        #expect(!screen.contains("48151623"))
    }
}
