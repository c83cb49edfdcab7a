import Foundation
import TestSupport
import Testing

/// The programs in a real terminal, in Japanese.
struct JapaneseTests {
    private let home: TemporaryFolder

    init() throws {
        home = try TemporaryFolder()
        try Program.configure(home: home.path)
    }

    private func terminal(columns: Int) throws -> Tmux {
        let terminal = try Tmux(home: home, columns: columns)
        try terminal.type("unset LC_ALL; LANG=ja_JP.UTF-8; export LANG")
        return terminal
    }

    @Test func `init asks with the words of the mail, and shows the code for 認証確認`() throws {
        let issuer = try RunningIssuer()
        let user = try issuer.issue()
        let terminal = try terminal(columns: 80)
        try terminal.type("clear; otptoken init; echo left with $?")
        let start = try terminal.wait { $0.contains("発行元のアドレス（") }
        // No line of the introduction goes on in the next one.
        #expect(start.split(separator: "\n").count == 3, "\(start)")
        try terminal.type(issuer.url)
        try terminal.wait { $0.contains("\nサービスID:") }
        try terminal.type("１０１２１２３４")
        try terminal.wait { $0.contains("\nユーザID:") }
        try terminal.type(user)
        try terminal.wait { $0.contains("\n利用開始パスワード（") }
        try terminal.type("48151623")
        try terminal.wait { $0.contains("認証確認") && $0.contains("確認が済んだら Enter") }
        try terminal.press("Enter")
        let screen = try terminal.wait { $0.contains("left with 0") }
        #expect(screen.contains("Acme Bank として登録しました"))
        #expect(!screen.contains("48151623"))
    }

    @Test(arguments: [12, 16, 20, 24, 30, 40, 60, 80])
    func `watch keeps within the window`(columns: Int) throws {
        try StoreMaker.write(
            [StoreMaker.token("みずほサンプル銀行", period: 3600)], home: home.path)
        let terminal = try terminal(columns: columns)
        try terminal.type("clear; exec otptoken watch")
        let screen = try terminal.wait { $0.contains("終了") }
        #expect(screen.contains(#/\n +[0-9]{4} [0-9]{4}\n/#), "\(screen)")
        // A line that is too long would begin at the left edge where it goes on.
        for line in screen.split(separator: "\n") { #expect(line.hasPrefix(" "), "\(screen)") }
    }
}
