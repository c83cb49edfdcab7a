import Platform
import Testing

@Suite struct `Command lines` {
    static let table = ProgramTable(
        name: "tool", version: "1", summary: "does things", ja: "いろいろします",
        globals: [
            OptionEntry("home", value: "DIR", "a folder", ja: "フォルダ"),
            OptionEntry("help", "tells", ja: "説明"),
            OptionEntry("version", "prints", ja: "版"),
        ],
        commands: [
            CommandEntry(
                "show", "shows", ja: "見せます", operands: [OperandEntry("NAME")],
                options: [
                    OptionEntry("at", value: "TIME", "when", ja: "いつ"),
                    OptionEntry("all", "each", ja: "全部"),
                ]),
            CommandEntry(
                "watch", "watches", ja: "見張ります", operands: [OperandEntry("NAME", repeats: true)]),
            CommandEntry(
                "rename", "renames", ja: "名前を変えます",
                operands: [
                    OperandEntry("OLD", required: true), OperandEntry("NEW", required: true),
                ]),
        ])

    private func line(_ words: String) throws(UsageError) -> Invocation {
        try Self.table.parse(
            words.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
    }

    private func refusal(_ words: String) -> UsageError? {
        do throws(UsageError) {
            _ = try line(words)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "show --at 5 --all me", "show me --at 5 --all", "show --at=5 me --all",
        "--home=/x show --all --at=5 me", "show --all me --at 5 --home /x",
    ]) func `options stand anywhere`(words: String) throws {
        let line = try line(words)
        #expect(line.command == "show")
        #expect(line.operands == ["me"])
        #expect(line.value("at") == "5")
        #expect(line.has("all"))
        #expect(line.value("all") == nil)
        #expect(!line.has("help"))
        #expect(line.has("home") == words.contains("home"))
    }

    @Test func `a value may look like an option, or be empty, or hold an equals sign`() throws {
        #expect(try line("show --at --all").value("at") == "--all")
        #expect(try !line("show --at --all").has("all"))
        #expect(try line("show --at=").value("at") == "")
        #expect(try line("show --at a=b").value("at") == "a=b")
        #expect(try line("show --at=a=b").value("at") == "a=b")
        #expect(try line("show --at --").value("at") == "--")
    }

    @Test func `a mark that combines with a sign does not make it another sign`() throws {
        #expect(try line("show --at=\u{301}a").value("at") == "\u{301}a")
        #expect(try line("show --at=a=\u{301}").value("at") == "a=\u{301}")
        #expect(
            refusal("show -\u{301}a")
                == .unknownOption("-\u{301}a", command: "show", nearest: nil))
        #expect(
            refusal("show --\u{301}all")
                == .unknownOption("--\u{301}all", command: "show", nearest: "--all"))
    }

    @Test func `two dashes end the options, one is an operand`() throws {
        #expect(try line("show -- --all").operands == ["--all"])
        #expect(try line("watch -- -- -x").operands == ["--", "-x"])
        #expect(try line("-- show --all").operands == ["--all"])
        #expect(try line("show -").operands == ["-"])
    }

    @Test func `help and version are understood everywhere`() throws {
        #expect(try line("--help").has("help"))
        #expect(try line("-h").has("help"))
        #expect(try line("rename --help").command == "rename")
        #expect(try line("rename a -h").has("help"))
        #expect(try line("--version").has("version"))
    }

    @Test(arguments: [
        ("shwo", UsageError.unknownCommand("shwo", nearest: "show")),
        ("sho", .unknownCommand("sho", nearest: "show")),
        ("frobnicate", .unknownCommand("frobnicate", nearest: nil)),
        ("", .unknownCommand("", nearest: nil)),
        ("show --allx", .unknownOption("--allx", command: "show", nearest: "--all")),
        ("show --alll=3", .unknownOption("--alll", command: "show", nearest: "--all")),
        ("show --hom /x", .unknownOption("--hom", command: "show", nearest: "--home")),
        ("show --frobnicate", .unknownOption("--frobnicate", command: "show", nearest: nil)),
        ("show -all", .unknownOption("-all", command: "show", nearest: "--all")),
        ("show -a", .unknownOption("-a", command: "show", nearest: nil)),
        ("--all show", .unknownOption("--all", command: nil, nearest: nil)),
        ("show --all --all", .optionTwice("all")),
        ("show --at 1 --at=1", .optionTwice("at")),
        ("--home a show --home a", .optionTwice("home")),
        ("show --at", .missingValue("at", value: "TIME")),
        ("show --all=1", .unexpectedValue("all")),
        ("show --all=", .unexpectedValue("all")),
        ("show a b", .unexpectedOperand("b", command: "show")),
        ("rename", .missingOperand("OLD", command: "rename")),
        ("rename a", .missingOperand("NEW", command: "rename")),
        ("rename a b c", .unexpectedOperand("c", command: "rename")),
    ]) func `a line that is wrong`(words: String, error: UsageError) {
        #expect(refusal(words) == error)
    }

    @Test func `no words, no command`() {
        #expect(throws: UsageError.noCommand) { try Self.table.parse([]) }
        #expect(refusal("--home x") == .noCommand)
    }

    @Test func `every refusal is told in one line, with a hint, and steers no terminal`() {
        for error in [
            UsageError.noCommand, .unknownCommand("\u{1B}[2J", nearest: nil),
            .unknownOption("\u{1B}[2J", command: nil, nearest: nil), .optionTwice("a"),
            .missingValue("a", value: "B"), .unexpectedValue("a"),
            .missingOperand("A", command: "b"), .unexpectedOperand("\u{9B}\n", command: "b"),
        ] {
            let failure = error.failure(program: "tool")
            #expect(failure.status == .usage)
            #expect(failure.hints.count == 1)
            #expect(!failure.message.contains { $0.isNewline || $0 == "\u{1B}" || $0 == "\u{9B}" })
        }
    }

    @Test func `the nearest name`() {
        let names = ["show", "watch", "list"]
        #expect(nearest(to: "shwo", in: names) == "show")
        #expect(nearest(to: "wach", in: names) == "watch")
        #expect(nearest(to: "lsit", in: names) == "list")
        #expect(nearest(to: "wat", in: names) == "watch")
        #expect(nearest(to: "l", in: names) == nil)
        #expect(nearest(to: "xyzzy", in: names) == nil)
        #expect(nearest(to: "", in: names) == nil)
        #expect(nearest(to: "show", in: []) == nil)
        #expect(nearest(to: String(repeating: "show", count: 100), in: names) == nil)
    }
}

@Suite struct `Texts for a terminal` {
    @Test(arguments: [
        ("plain", "plain"), ("日本", "日本"), ("e\u{301}", "e\u{301}"),
        ("\u{1B}[31m", "?[31m"), ("a\nb", "a?b"), ("a\r\nb", "a??b"), ("\u{9B}2J", "?2J"),
        ("\u{202E}abc", "?abc"), ("a\u{200B}b", "a?b"), ("a\u{2028}b", "a?b"), ("\u{E000}", "?"),
        ("\u{0}", "?"), ("\u{7F}", "?"), ("", ""),
    ]) func `what would steer it is shown as a question mark`(text: String, shown: String) {
        #expect(printable(text) == shown)
    }

    @Test func `a long text is cut`() {
        #expect(printable("abcdef", limit: 6) == "abcdef")
        #expect(printable("abcdefg", limit: 6) == "abcdef…")
    }

    @Test func `a text that is one long heap of marks is cut too`() {
        let heap = "e" + String(repeating: "\u{301}", count: 10_000)
        #expect(printable(heap).unicodeScalars.count < 1000)
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("日本", 4), ("ｱｲ", 2), ("Ａ", 2), ("é", 1), ("e\u{301}", 1),
        ("\u{301}", 0), ("한국", 4), ("🔑", 2), ("❤\u{FE0F}", 2), ("ﾊﾟ", 2), ("。", 2), ("𠮷", 2),
        ("\u{7}", 0), ("〜", 2),
    ]) func `its width in cells`(text: String, width: Int) { #expect(displayWidth(text) == width) }

    @Test func `filled and cut to a width`() {
        #expect(padded("日本", to: 6) == "日本  ")
        #expect(padded("日本", to: 3) == "日本")
        #expect(clipped("日本語", to: 6) == "日本語")
        #expect(clipped("日本語", to: 5) == "日本…")
        #expect(clipped("日本語", to: 4) == "日…")
        #expect(clipped("abc", to: 1) == "…")
        #expect(clipped("abc", to: 0) == "")
    }
}

@Suite struct `The language of messages` {
    @Test(
        arguments: [
            ([:], Language.english),
            (["LANG": "ja"], .japanese),
            (["LANG": "ja_JP.UTF-8"], .japanese),
            (["LANG": "ja_JP"], .japanese),
            (["LANG": "ja@modifier"], .japanese),
            (["LANG": "jam_JM.UTF-8"], .english),
            (["LANG": "C"], .english),
            (["LANG": "en_US.UTF-8"], .english),
            (["LC_MESSAGES": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"], .japanese),
            (["LC_ALL": "C", "LC_MESSAGES": "ja_JP.UTF-8", "LANG": "ja_JP.UTF-8"], .english),
            (["LC_ALL": "ja_JP.UTF-8", "LC_MESSAGES": "C"], .japanese),
            (["LC_ALL": "", "LC_MESSAGES": "", "LANG": "ja_JP.UTF-8"], .japanese),
            (["LC_CTYPE": "ja_JP.UTF-8", "LANGUAGE": "ja"], .english),
        ] as [([String: String], Language)])
    func `is that of the locale`(environment: [String: String], language: Language) {
        #expect(Language { environment[$0] } == language)
    }
}
