internal import MailedCodes
internal import OATH
internal import Platform
internal import TokenStore

/// What is said about codes that are mailed.
extension Messages {
    // MARK: No code

    private static func waiting(_ token: Token) -> String {
        localized(
            "log in at the service so that it sends the mail, then `otptoken show --wait \(shellQuoted(token.name))`",
            ja: "サービスにログインしてメールを送らせ、`otptoken show --wait \(shellQuoted(token.name))` で待ってください")
    }

    private static var startAnew: String {
        localized(
            "begin the login at the service anew: it mails another code",
            ja: "サービスのログインを最初からやり直すと、新しいコードがメールで届きます")
    }

    static func noMailYet(_ token: Token) -> CommandFailure {
        CommandFailure(
            .noSuchToken,
            localized(
                "no code of \(printable(token.name)) has been mailed yet",
                ja: "\(printable(token.name)) のコードのメールがまだ届いていません"),
            hints: [waiting(token)])
    }

    static func mailedCodeLapsed(_ token: Token, at time: Int64) -> CommandFailure {
        CommandFailure(
            .noSuchToken,
            localized(
                "the code of \(printable(token.name)) lapsed on \(localMoment(time))",
                ja: "\(printable(token.name)) のコードは \(localMoment(time)) に有効期間が過ぎました"),
            hints: [startAnew])
    }

    static func noMailInTime(_ token: Token) -> CommandFailure {
        CommandFailure(
            .unreachable,
            localized(
                "no code of \(printable(token.name)) came in time",
                ja: "時間内に \(printable(token.name)) のコードのメールが届きませんでした"),
            hints: [
                localized(
                    "look into the spam folder, and whether the mail program fetches mail",
                    ja: "迷惑メールのフォルダと、メールを取り込むプログラムが動いているかを確かめてください")
            ])
    }

    static func waitingForMail(_ sender: String) -> String {
        localized(
            "Waiting for a mail from \(printable(sender))…",
            ja: "\(printable(sender)) からのメールを待っています…")
    }

    static func mailedAgo(_ report: CodeReport) -> String {
        let (age, left) = (length(report.time - report.validFrom), length(report.remaining))
        return localized("mailed \(age) ago, \(left) left", ja: "\(age)前のメール、残り \(left)")
    }

    static func mailedCodeEnds(_ report: CodeReport) -> String {
        let left = length(report.remaining)
        return localized(
            "the code of \(printable(report.name)) lapses in \(left)",
            ja: "\(printable(report.name)) のコードの有効期間は、あと \(left) です")
    }

    /// Minutes, or seconds where those are few.
    private static func length(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        guard seconds >= 120 else { return Messages.seconds(Int(seconds)) }
        return localized("\(seconds / 60) min", ja: "\(seconds / 60) 分")
    }

    // MARK: Mails

    static func mail(_ failure: CodeNotice.Failure, _ token: Token) -> CommandFailure {
        switch failure {
        case .none: mailWithoutCode(token)
        case .ambiguous(let first, let second): mailWithTwoCodes(token, first, second)
        }
    }

    private static func mailWithoutCode(_ token: Token) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "no code of \(token.totp.digits) digits is found in the mail of \(printable(token.name))",
                ja: "\(printable(token.name)) のメールに \(token.totp.digits) 桁のコードが見つかりません"),
            hints: [
                localized(
                    "read the mail yourself; is --digits of `otptoken init --mailed` right?",
                    ja: "メールを直接読み、`otptoken init --mailed` の --digits が正しいか確かめてください")
            ])
    }

    private static func mailWithTwoCodes(
        _ token: Token, _ first: CodeNotice.Place, _ second: CodeNotice.Place
    ) -> CommandFailure {
        func place(_ place: CodeNotice.Place) -> String {
            let text = printable(place.text)
            return localized("line \(place.line): \(text)", ja: "\(place.line) 行目: \(text)")
        }
        return CommandFailure(
            .failure,
            localized(
                "the mail of \(printable(token.name)) has two numbers that may be the code",
                ja: "\(printable(token.name)) のメールに、コードとみられる数字が 2 つあります"),
            hints: [place(first), place(second)])
    }

    static func mailWithoutDate(_ token: Token) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "the mail of \(printable(token.name)) has no date: nobody knows whether its code still holds",
                ja: "\(printable(token.name)) のメールに日付がなく、コードがまだ有効か分かりません"),
            hints: [
                localized("read the mail yourself", ja: "メールを直接読んでください")
            ])
    }

    static func mailDatedByFile(_ token: Token) -> String {
        localized(
            "the mail of \(printable(token.name)) has no date: it counts from when its file was made",
            ja: "\(printable(token.name)) のメールに日付がないため、ファイルができた時刻から数えます")
    }

    static func mailFromFuture(_ token: Token, _ seconds: Int64) -> String {
        localized(
            "the date of the mail of \(printable(token.name)) lies \(length(seconds)) in the future: is this clock right?",
            ja: "\(printable(token.name)) のメールの日付が \(length(seconds))先です。このマシンの時計を確かめてください")
    }

    static func forgedMail(_ token: Token) -> String {
        localized(
            "a mail for \(printable(token.name)) was passed over: its signature (DKIM) is wrong",
            ja: "署名（DKIM）が正しくないため、\(printable(token.name)) あてのメールを 1 通無視しました")
    }

    static func foreignMail(_ token: Token, _ domain: String) -> String {
        localized(
            "a mail for \(printable(token.name)) was passed over: \(printable(domain)) has signed it, not the sender",
            ja: "差出人ではなく \(printable(domain)) が署名しているため、\(printable(token.name)) あてのメールを 1 通無視しました")
    }

    static func unsignedMail(_ token: Token) -> String {
        localized(
            "a mail for \(printable(token.name)) was passed over: no host of mail.hosts vouches for its signature",
            ja: "mail.hosts のホストが署名を確かめていないため、\(printable(token.name)) あてのメールを 1 通無視しました")
    }

    static func noMailHosts(_ config: String) -> CommandFailure {
        CommandFailure(
            .failure,
            localized(
                "--require-dkim needs the name of the host that checks signatures",
                ja: "--require-dkim には、署名を確かめるホストの名前が必要です"),
            hints: [
                localized(
                    "set mail.hosts in \(printableFile(config)) to the first word of Authentication-Results in your mails",
                    ja:
                        "\(printableFile(config)) の mail.hosts に、届いたメールの Authentication-Results の最初の語を書いてください"
                )
            ])
    }

    // MARK: The mail box

    static func mailOutOfReach(
        _ error: FileError, _ path: String, _ token: Token
    ) -> CommandFailure {
        CommandFailure(
            .unreachable,
            localized(
                "the mail box of \(printable(token.name)) is out of reach",
                ja: "\(printable(token.name)) のメールボックスを読めません"),
            hints: [CommandFailure.file(error, path).message])
    }

    static func mailBoxIsThere(_ token: Token) -> String {
        localized(
            "mail box of \(printable(token.name)): it is there",
            ja: "\(printable(token.name)) のメールボックス: 使えます")
    }

    static func noMaildir(_ path: String) -> CommandFailure {
        CommandFailure(
            .unreachable,
            localized(
                "\(printableFile(path)) is no Maildir",
                ja: "\(printableFile(path)) は Maildir ではありません"),
            hints: [
                localized(
                    "name the folder that holds new and cur", ja: "new と cur のあるフォルダを指定してください")
            ])
    }

    static func badMailCommand(_ error: CommandWordsError) -> CommandFailure {
        CommandFailure(
            .usage,
            localized("--command is not understood", ja: "--command の指定が正しくありません"),
            hints: [
                localized(
                    "write program and arguments with blanks between; quotation marks hold blanks",
                    ja: "プログラムと引数を空白で区切ってください。空白を含むものは引用符で囲みます")
            ])
    }

    static func mailCommand(_ failure: SecretCommandFailure, _ program: String) -> CommandFailure {
        let program = printable(program)
        let what =
            switch failure {
            case .notFound:
                localized("\(program) is not there", ja: "\(program) がありません")
            case .cannotRun(let reason):
                localized(
                    "\(program) cannot be run: \(reason)", ja: "\(program) を実行できません: \(reason)")
            case .exited(let status):
                localized(
                    "\(program) ended with status \(status)", ja: "\(program) が状態 \(status) で終わりました"
                )
            case .killed(let signal):
                localized(
                    "signal \(signal) ended \(program)", ja: "\(program) がシグナル \(signal) で終わりました")
            case .timedOut(let seconds):
                localized(
                    "\(program) took more than \(seconds) s",
                    ja: "\(program) が \(seconds) 秒たっても終わりません")
            case .noOutput:
                localized("\(program) printed nothing", ja: "\(program) が何も出力しません")
            case .tooLong:
                localized(
                    "\(program) printed more than a mail", ja: "\(program) の出力がメール 1 通より長すぎます")
            }
        return CommandFailure(
            .unreachable, what,
            hints: [
                localized(
                    "run it by hand: it is to print the newest mail, or nothing",
                    ja: "手で実行してみてください。最新のメール 1 通を出力するか、何も出力しないのが正しい動きです")
            ])
    }

    static func marksMaildirOnly() -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--mark-seen is for mails in a Maildir", ja: "--mark-seen は Maildir のメールにだけ使えます"),
            hints: [leaveOut])
    }

    private static var leaveOut: String { localized("leave it out", ja: "外してください") }

    static func notForMailed(_ option: String, _ token: Token) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "--\(option) is not for codes that are mailed, as those of \(printable(token.name))",
                ja: "--\(option) は、\(printable(token.name)) のようにメールで届くコードには使えません"),
            hints: [leaveOut])
    }

    static func damagedMailedToken(_ token: Token) -> CommandFailure {
        CommandFailure(
            .storeDamaged,
            localized(
                "what the store keeps of \(printable(token.name)) is not understood",
                ja: "ストアにある \(printable(token.name)) の内容を解釈できません"),
            hints: [
                localized(
                    "a newer otptoken may have written it; else remove it, and `otptoken init --mailed`",
                    ja: "新しい otptoken が書いたものかもしれません。違うときは削除して `otptoken init --mailed` でやり直してください")
            ])
    }

    static func notRevocableMailed(_ token: Token) -> CommandFailure {
        CommandFailure(
            .usage,
            localized(
                "there is nothing to revoke: the codes of \(printable(token.name)) are mailed",
                ja: "\(printable(token.name)) のコードはメールで届くため、失効させるものがありません"),
            hints: [leaveOut])
    }
}
