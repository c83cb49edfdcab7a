internal import ClockCheck
internal import Platform

/// What is said about time servers, and where they are of no help.
extension Messages {
    // MARK: Servers

    static var timeServerHeader: [String] {
        [
            localized("SERVER", ja: "サーバ"), localized("ADDRESS", ja: "アドレス"),
            localized("STRATUM", ja: "階層"), localized("OFFSET", ja: "ずれ"),
            localized("DELAY", ja: "遅延"), "",
        ]
    }

    /// Why an answer does not count.
    ///
    /// - Parameters:
    ///   - voice: what became of it.
    ///   - isAgreed: whether the others agree on something.
    ///   - language: the person's, or that of programs.
    /// - Returns: a few words.
    static func reason(
        _ voice: ClockSelection.Voice, isAgreed: Bool, in language: Language
    ) -> String {
        switch voice {
        case .counts:
            isAgreed
                ? localized("disagrees with the others", ja: "ほかと食い違っています", in: language)
                : localized("no majority confirms it", ja: "過半数の裏付けがありません", in: language)
        case .unauthenticated:
            localized(
                "does not prove who it is, as another does", ja: "認証されていません（認証済みのサーバがほかにあります）",
                in: language)
        case .repeated:
            localized("is another one by a second name", ja: "別名の同じサーバです", in: language)
        }
    }

    static func timeServerRow(_ report: ServerReport, reason: String?) -> [String] {
        let start = [report.server.text, report.address ?? ""]
        switch report.result {
        case .success(let sample):
            let size = seconds(Nanoseconds(clamping: sample.offset.magnitude), digits: 4)
            let isZero = size.allSatisfy { $0 == "0" || $0 == "." }
            return start + [
                "\(sample.stratum)",
                (isZero || sample.offset > 0 ? "+" : "-") + size
                    + localized(
                        " ± \(seconds(bound: sample.error, digits: 4)) s",
                        ja: " ± \(seconds(bound: sample.error, digits: 4)) 秒"),
                localized(
                    "\(seconds(sample.delay, digits: 4)) s",
                    ja: "\(seconds(sample.delay, digits: 4)) 秒"),
                reason
                    ?? (sample.isAuthenticated ? localized("authenticated", ja: "認証済み") : ""),
            ]
        case .failure:
            return start + ["", "", "", reason ?? ""]
        }
    }

    /// Why a server gave no answer that counts.
    ///
    /// - Parameters:
    ///   - failure: what went wrong.
    ///   - language: the person's, or that of programs.
    /// - Returns: a few words.
    static func timeServerReason(_ failure: ServerFailure, in language: Language) -> String {
        switch failure {
        case .network(let error): reason(error, in: language)
        case .rejected(let rejection): reason(rejection, in: language)
        case .keyExchange(let failure): reason(failure, in: language)
        case .unknownCookie:
            localized(
                "it does not know its own cookie any more", ja: "自分で発行した Cookie を受け付けません",
                in: language)
        case .cryptography:
            localized("libcrypto failed", ja: "libcrypto の処理に失敗しました", in: language)
        }
    }

    private static func reason(_ error: NetworkError, in language: Language) -> String {
        let detail = printable(detail(error), limit: 200)
        return switch error {
        case .nameNotFound, .elsewhere:
            localized("its name is not found: \(detail)", ja: "名前が見つかりません: \(detail)", in: language)
        case .cannotConnect:
            localized("\(detail)", ja: "接続できません: \(detail)", in: language)
        case .timedOut:
            localized("no answer in time", ja: "時間内に応答がありません", in: language)
        case .connectionLost, .broken:
            localized("the connection broke: \(detail)", ja: "接続が切れました: \(detail)", in: language)
        case .certificate:
            localized(
                "its certificate is not trusted: \(detail)", ja: "証明書を信頼できません: \(detail)",
                in: language)
        case .certificateDate:
            localized(
                "its certificate suggests that this clock is wrong by days or more: \(detail)",
                ja: "証明書からすると、このマシンの時計が何日もずれています: \(detail)", in: language)
        case .notSpoken:
            localized("it does not speak \(detail)", ja: "\(detail) に対応していません", in: language)
        case .tls:
            localized(
                "no TLS 1.3 with ntske/1: \(detail)", ja: "TLS 1.3（ntske/1）で接続できません: \(detail)",
                in: language)
        case .certificateFile:
            localized("no certificates in \(detail)", ja: "\(detail) に証明書がありません", in: language)
        case .http(.cutShort):
            localized("the connection was cut short", ja: "接続が途中で切れました", in: language)
        case .http, .redirect:
            localized("no answer that is understood", ja: "応答を解釈できません", in: language)
        }
    }

    /// What the system, libssl or the server itself says of an error.
    private static func detail(_ error: NetworkError) -> String {
        switch error {
        case .cannotConnect(let error), .connectionLost(let error): "\(error)"
        case .nameNotFound(let detail), .elsewhere(let detail), .certificate(let detail),
            .certificateDate(let detail),
            .notSpoken(let detail), .tls(let detail), .broken(let detail),
            .certificateFile(let detail):
            detail
        case .timedOut, .http, .redirect: ""
        }
    }

    private static func reason(_ rejection: ServerRejection, in language: Language) -> String {
        switch rejection {
        case .version(let version):
            localized(
                "it speaks NTP version \(version)", ja: "NTP バージョン \(version) で応答しました", in: language
            )
        case .unsynchronised:
            localized("it has no time itself", ja: "サーバ自身が時刻に同期していません", in: language)
        case .kiss(let code):
            localized(
                "it asks to be left alone (\(code))", ja: "問い合わせを断られました（\(code)）", in: language)
        case .timestamps:
            localized("its timestamps cannot be", ja: "タイムスタンプがありえない値です", in: language)
        case .rootDistance(let distance):
            localized(
                "it may be off itself by \(seconds(distance)) s",
                ja: "サーバ自身が \(seconds(distance)) 秒ずれている可能性があります", in: language)
        case .roundTrip(let time):
            localized(
                "its answer took \(seconds(time)) s", ja: "応答に \(seconds(time)) 秒かかりました",
                in: language)
        }
    }

    private static func reason(
        _ failure: NTSKeyExchange.Failure, in language: Language
    ) -> String {
        switch failure {
        case .malformed(let what):
            localized(
                "its key exchange is malformed (\(what))", ja: "鍵交換の形式が正しくありません（\(what)）",
                in: language)
        case .refused(let code):
            localized(
                "it refused the key exchange (error \(code))", ja: "鍵交換を拒否されました（エラー \(code)）",
                in: language)
        case .warned(let code):
            localized(
                "it warned in the key exchange (\(code))", ja: "鍵交換で警告がありました（\(code)）",
                in: language)
        case .nothingInCommon:
            localized(
                "it speaks neither NTPv4 nor AES-SIV", ja: "NTPv4 にも AES-SIV にも対応していません",
                in: language)
        case .unknownRecord(let type):
            localized(
                "its key exchange demands record \(type)", ja: "鍵交換でレコード \(type) を要求されました",
                in: language)
        }
    }

    // MARK: Failures

    static func clockNotGoodEnough(_ state: ClockState) -> CommandFailure {
        CommandFailure(
            state.verdict.status, clockVerdict(state),
            hints: state.verdict == .unknown ? [clockChecks] : remedies(state))
    }

    /// What to do when no server gave an answer that counts.
    static func noTime(_ failures: [ServerFailure]) -> CommandFailure {
        for case .network(.certificateFile(let file)) in failures {
            return certificateFile(file)
        }
        var isDateWrong = false
        for case .network(.certificateDate) in failures { isDateWrong = true }
        return CommandFailure(
            .unreachable,
            localized(
                "no time server gave an answer that counts", ja: "有効な応答を返した時刻サーバがありません"),
            hints: [
                isDateWrong
                    ? localized(
                        "set the clock roughly right first, when its date is wrong",
                        ja: "日付が違うときは、まず時計をおおよそ合わせてください")
                    : localized(
                        "the list says why; --server nts://HOST or ntp://HOST asks another one",
                        ja: "理由は一覧にあります。--server nts://HOST か ntp://HOST で別のサーバに尋ねられます")
            ])
    }

    static func badTimeServer(_ text: String, at place: String? = nil) -> CommandFailure {
        let text = printable(text)
        return CommandFailure(
            place == nil ? .usage : .failure,
            localized(
                "\(start(place))\(text) is no time server",
                ja: "\(start(place))時刻サーバではありません: \(text)"),
            hints: [
                localized(
                    "write ntp://HOST, nts://HOST, or either with :PORT behind it",
                    ja: "ntp://HOST か nts://HOST と書いてください。後ろに :PORT を付けられます")
            ])
    }

    static func badServerCount(_ count: Int, most: Int, at place: String?) -> CommandFailure {
        CommandFailure(
            place == nil ? .usage : .failure,
            localized(
                "\(start(place))\(count == 0 ? "no" : "\(count)") time servers are named",
                ja: count == 0
                    ? "\(start(place))時刻サーバが指定されていません"
                    : "\(start(place))時刻サーバが \(count) 台指定されています"),
            hints: [
                localized(
                    "name 1 to \(most) of them; three to five are enough",
                    ja: "1〜\(most) 台を指定してください。3〜5 台で十分です")
            ])
    }

    /// Where something stands, in front of a message.
    private static func start(_ place: String?) -> String { place.map { "\($0): " } ?? "" }

    static func badTimeout(_ text: String) -> CommandFailure {
        let text = printable(text)
        return CommandFailure(
            .usage,
            localized(
                "--timeout takes seconds from 0.1 to 60, not \(text)",
                ja: "--timeout には 0.1〜60 の秒数を指定してください: \(text)"),
            hints: [localized("leave it out for 3 seconds", ja: "省くと 3 秒です")])
    }
}
