internal import ClockCheck
internal import Platform

/// What is said about the clock.
extension Messages {
    static func askingTime(_ count: Int) -> String {
        localized(
            "Asking \(count) time server\(count == 1 ? "" : "s")…", ja: "時刻サーバ \(count) 台に尋ねています…")
    }

    static var nothingDue: String {
        localized("No server is to be asked now.", ja: "いま尋ねるべきサーバはありません。")
    }

    // MARK: The verdict

    /// One line: direction, seconds, bound, evidence, and what it means for codes.
    static func clockVerdict(_ state: ClockState, isCorrected: Bool = false) -> String {
        guard let core = clockOffset(state) else { return clockUnknown(state) }
        return core + consequence(state, isCorrected: isCorrected)
    }

    private static func clockUnknown(_ state: ClockState) -> String {
        let what =
            state.checkedAt.map {
                localized(
                    "no majority of time servers has answered since \(localMoment($0))",
                    ja: "\(localMoment($0)) 以降、時刻サーバの過半数で確認できていません")
            } ?? localized("it was not checked", ja: "調べていません")
        let kept =
            state.evidence == .kernel
            ? localized("; by \(evidence(.kernel)) it is kept", ja: "（\(evidence(.kernel))では同期中）")
            : ""
        return "\(clockUnknown): \(what)\(kept)"
    }

    /// Why a check that was just made says nothing.
    static func clockUnknown(hasAnswers: Bool) -> String {
        let why =
            hasAnswers
            ? localized("no majority of the servers agrees", ja: "サーバの過半数が一致しません")
            : localized("no server gave an answer that counts", ja: "有効な応答を返したサーバがありません")
        return "\(clockUnknown): \(why)"
    }

    private static var clockUnknown: String { localized("clock unknown", ja: "時計の状態は不明") }

    /// Direction, seconds, bound and evidence; nil when nothing is known.
    private static func clockOffset(_ state: ClockState) -> String? {
        guard let start = clockStart(state), let error = state.error,
            let evidence = state.evidence
        else { return nil }
        let bound = seconds(bound: error)
        return localized(
            "\(start) (±\(bound) s, \(Messages.evidence(evidence)))",
            ja: "\(start)（±\(bound) 秒、\(Messages.evidence(evidence))）")
    }

    private static func clockStart(_ state: ClockState) -> String? {
        guard let offset = state.offset, let direction = direction(state) else { return nil }
        guard state.verdict == .ok else {
            return localized("clock is \(direction)", ja: "時計は \(direction)")
        }
        let right = localized("clock is right", ja: "時計は正確")
        // What is nothing has no direction.
        return offset.magnitude < 50_000_000 ? right : "\(right): \(direction)"
    }

    private static func direction(_ state: ClockState) -> String? {
        state.offset.map {
            let size = seconds(Nanoseconds(clamping: $0.magnitude))
            return $0 >= 0
                ? localized("\(size) s behind", ja: "\(size) 秒遅れ")
                : localized("\(size) s ahead", ja: "\(size) 秒進み")
        }
    }

    /// The verdict in ever fewer words, for narrow windows: the `step`th, from 0; nil when there are no fewer.
    static func clockVerdict(_ clock: CodeClock, shortened step: Int) -> String? {
        let state = clock.state
        switch step {
        case 0: return clockVerdict(state, isCorrected: clock.isCorrected)
        case 1:
            guard let start = clockStart(state) else { return clockUnknown }
            return start + consequence(state, isCorrected: clock.isCorrected)
        case 2: return clockStart(state)
        case 3: return direction(state)
        default: return nil
        }
    }

    private static func consequence(_ state: ClockState, isCorrected: Bool) -> String {
        if isCorrected { return localized(": codes are corrected", ja: "。コードは補正しています") }
        switch state.verdict {
        case .ok, .unknown: return ""
        case .note: return localized(": codes are right", ja: "。コードへの影響はありません")
        case .warning: return localized(": \(mayBeRefused)", ja: "。\(mayBeRefused)")
        case .error:
            return localized(": codes are likely to be refused", ja: "。コードはまず受け付けられません")
        }
    }

    private static var mayBeRefused: String {
        localized("codes may be refused", ja: "コードが受け付けられないかもしれません")
    }

    /// On whose word something is known.
    ///
    /// - Parameters:
    ///   - evidence: by which it is known.
    ///   - language: another one than the person's, for programs.
    /// - Returns: a few words.
    static func evidence(
        _ evidence: ClockState.Evidence, in language: Language = .current
    ) -> String {
        switch evidence {
        case .servers(.nts): "NTS"
        case .servers(.majority(let count, let all)):
            localized(
                "\(count) of \(all) servers", ja: "サーバ \(all) 台中 \(count) 台", in: language)
        case .stepped(let time):
            localized(
                "stepped since \(localMoment(time))", ja: "\(localMoment(time)) 以降に時刻変更",
                in: language
            )
        case .issuer: localized("the issuer's clock", ja: "発行元の時計", in: language)
        case .kernel: localized("the kernel's word", ja: "カーネルの申告", in: language)
        }
    }

    static func clockRemedy(_ verdict: ClockVerdict) -> String? {
        switch verdict {
        case .ok: nil
        case .note, .warning, .error:
            localized(
                "`timedatectl set-ntp true` lets this machine keep its clock itself",
                ja: "`timedatectl set-ntp true` で、時計が自動的に合うようになります")
        case .unknown:
            localized(
                "ask others: one nts://HOST, or two ntp://HOST that agree; three are better",
                ja: "ほかのサーバに尋ねてください。nts://HOST なら 1 台、ntp://HOST なら一致する 2 台（できれば 3 台）")
        }
    }

    // MARK: Beside a code

    static var checkingClock: String {
        localized("clock: being checked…", ja: "時計: 確認中…")
    }

    /// What is to be said beside a code.
    ///
    /// - Parameters:
    ///   - state: what is known.
    ///   - isCorrected: whether the code was computed with the measured offset.
    ///   - toPerson: whether somebody reads along, who is told lesser things, too.
    /// - Returns: the lines; nil when there is nothing to say.
    static func clockNotice(
        _ state: ClockState, isCorrected: Bool = false, toPerson: Bool
    ) -> String? {
        var remedies: [String] = []
        switch state.verdict {
        case _ where isCorrected:
            // Below what is printed nothing is worth a word.
            guard let offset = state.offset, offset.magnitude >= 50_000_000 else { return nil }
        case .ok: return nil
        case .note: guard toPerson else { return nil }
        case .warning, .error: remedies = self.remedies(state)
        // Where a daemon claims to keep the clock, there is no reason to worry anybody.
        case .unknown where state.evidence == .kernel: return nil
        case .unknown:
            guard toPerson else { return nil }
            remedies = [
                localized(
                    "`otptoken clock` tells more; `clock.check = never` in the config ends this",
                    ja: "詳しくは `otptoken clock`。設定ファイルの `clock.check = never` で表示しなくなります")
            ]
        }
        return ([clockVerdict(state, isCorrected: isCorrected)] + remedies.map { "hint: \($0)" })
            .joined(separator: "\n")
    }

    static func remedies(_ state: ClockState) -> [String] {
        [clockRemedy(state.verdict)].compactMap { $0 }
            + (state.allowsCorrection
                ? [
                    localized(
                        "`otptoken show --correct`, or `clock.correct = on`, makes up for it",
                        ja: "`otptoken show --correct` か設定ファイルの `clock.correct = on` で、ずれを補正できます")
                ] : [])
    }

    static func notCorrected(_ state: ClockState) -> String {
        let why =
            switch state.evidence {
            case .kernel:
                localized(
                    "only the kernel says that the clock is kept, and nobody has checked it",
                    ja: "時計が合っているというのはカーネルの申告だけで、確かめられていません")
            case .issuer:
                localized("only the issuer says how the clock is", ja: "発行元の時計としか比べていません")
            case .servers, .stepped, nil:
                localized("no check of the clock holds", ja: "有効な時計の確認結果がありません")
            }
        return localized(
            "the code is not corrected: \(why)", ja: "コードは補正していません: \(why)")
            + "\nhint: \(clockChecks)"
    }

    static var clockChecks: String {
        localized("`otptoken clock` checks it", ja: "`otptoken clock` で確かめられます")
    }

    /// What to say when the issuer's clock is another one than that of the servers; nil when it is not.
    static func issuerClock(_ state: ClockState, of issuer: ClockState) -> String? {
        guard let offset = state.offset, let error = state.error, let theirs = issuer.offset,
            let bound = issuer.error
        else { return nil }
        let difference = Nanoseconds(clamping: Int128(theirs) - Int128(offset))
        let verdict = ClockVerdict(offset: difference, error: error + bound)
        guard verdict == .warning || verdict == .error else { return nil }
        let size = seconds(Nanoseconds(clamping: difference.magnitude))
        let codes =
            issuer.verdict == .ok || issuer.verdict == .note
            ? localized(
                "it takes codes of this machine's clock as they are",
                ja: "このマシンの時計のコードはそのまま受け付けられます")
            : mayBeRefused
        let words = state.evidence.map { evidence($0) } ?? ""
        let isAhead = difference >= 0
        return localized(
            "the issuer's clock is \(size) s \(isAhead ? "ahead of" : "behind") that of"
                + " the time servers (\(words)): \(codes)",
            ja: "発行元の時計が、時刻サーバ（\(words)）より \(size) 秒\(isAhead ? "進んで" : "遅れて")います。\(codes)")
            + "\nhint: "
            + localized("tell the people who issue the token", ja: "トークンの発行元に知らせてください")
    }

    /// A bound as seconds with so many decimals, rounded up: what is printed is a bound, too.
    static func seconds(bound: Nanoseconds, digits: Int = 1) -> String {
        let unit = (digits..<9).reduce(Nanoseconds(1)) { unit, _ in unit * 10 }
        return seconds((bound + unit - 1) / unit * unit, digits: digits)
    }

    /// Nanoseconds as seconds with so many decimals, rounded.
    static func seconds(_ time: Nanoseconds, digits: Int = 1) -> String {
        // Not signed: the longest time and half a unit are no overflow.
        let unit = (digits..<9).reduce(UInt64(1)) { unit, _ in unit * 10 }
        let count = (time.magnitude + unit / 2) / unit
        let scale = Nanoseconds.second.magnitude / unit
        let fraction = "\(count % scale)"
        return "\(count / scale)."
            + String(repeating: "0", count: max(0, digits - fraction.count)) + fraction
    }
}
