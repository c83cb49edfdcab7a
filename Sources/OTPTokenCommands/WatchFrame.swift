internal import ClockCheck
internal import MailedCodes
internal import OATH
internal import Platform
internal import TokenStore

/// What `watch` shows on a terminal, as a function of the time and the size of the window.
struct WatchFrame {
    let columns: Int
    let rows: Int
    let hasColour: Bool
    /// Whether the codes of tokens that have ended are shown, too.
    let showsEnded: Bool

    private static let margin = "  "
    private static let blockRows = 4

    /// What is to be shown of the tokens.
    struct Content {
        /// In the order in which they are shown.
        var tokens: [Token] = []
        /// Their codes, with those that follow.
        var reports: [CodeReport] = []
        /// Which one the keys are about.
        var chosen = 0
        /// The first that is shown.
        var first = 0
        /// Whether the next codes are shown all the time.
        var showsNext = false
        /// Where the first code of a new token is to be confirmed.
        var heading: String?
        /// What the last key did, in place of the last line.
        var notice: String?
    }

    /// The lines on the screen, and which of them move with each second.
    struct Picture {
        var lines: [String]
        fileprivate let bars: [(row: Int, token: Int)]
    }

    /// The picture of one moment: lines from the top.
    ///
    /// - Parameters:
    ///   - content: the tokens and their codes.
    ///   - clock: what they were computed from.
    ///   - isChecking: whether it is being checked.
    /// - Returns: no more lines than the window has; tokens that do not fit are left out whole.
    func picture(_ content: Content, _ clock: CodeClock, isChecking: Bool) -> Picture {
        var lines: [Line] = [.blank]
        for part in wrapped(content.heading ?? "", to: columns - 3) {
            lines.append(Line(.title, part))
        }
        if content.heading != nil { lines.append(.blank) }
        let shown = content.tokens.indices.dropFirst(content.first).prefix(fitting)
        for index in shown {
            lines += block(content, index)
        }
        let isWrong = clock.verdict == .warning || clock.verdict == .error
        lines.append(Line(isWrong ? .warning : .clock, line(clock, isChecking: isChecking)))
        if isWrong, let remedy = remedy(clock) { lines.append(Line(.remedy, remedy)) }
        lines.append(last(content, hidden: content.tokens.count - shown.count))
        return fitted(lines)
    }

    /// The same picture some seconds later, while nothing else changes.
    func moved(_ picture: Picture, _ reports: [CodeReport]) -> Picture {
        var picture = picture
        for (row, token) in picture.bars { picture.lines[row] = Self.margin + bar(reports[token]) }
        return picture
    }

    /// How many tokens there is room for.
    var fitting: Int { max(1, (rows - 2) / Self.blockRows) }

    /// The keys, each with what it does.
    func help() -> Picture {
        let keys = Messages.keyHelp
        let width = keys.map { displayWidth($0.key) }.max() ?? 0
        let lines = keys.map { (key, does) -> Line in
            Line(.code, clipped("\(padded(key, to: width))  \(does)", to: columns - 3))
        }
        return fitted([.blank] + lines + [.blank, keyLine(Messages.helpKeys)])
    }

    /// What stands there while the codes are hidden.
    ///
    /// - Parameter text: why.
    /// - Returns: the picture.
    func hidden(_ text: String) -> Picture {
        let lines = wrapped(text, to: columns - 3).map { Line(.code, $0) }
        return fitted([.blank] + lines + [.blank, keyLine(Messages.hiddenKeys)])
    }

    private struct Line {
        static let blank = Line(.blank, "")

        let weight: Weight
        let text: String
        /// The token whose bar it is.
        var bar: Int?

        init(_ weight: Weight, _ text: String, bar: Int? = nil) {
            (self.weight, self.text, self.bar) = (weight, text, bar)
        }
    }

    /// What is left out where there is little room: the last of these first.
    private enum Weight: Int, Comparable {
        case code, warning, bar, title, clock, next, help, remedy, blank

        static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
    }

    /// The lines for which the window is high enough.
    private func fitted(_ lines: [Line]) -> Picture {
        var lines = lines
        while lines.count > max(1, rows),
            let least = lines.indices.max(by: { lines[$0].weight < lines[$1].weight })
        {
            lines.remove(at: least)
        }
        let texts = lines.map { line in
            // A mark in the margin is there already.
            line.text.isEmpty || line.text.hasPrefix(Self.mark)
                ? line.text : Self.margin + line.text
        }
        let bars = lines.enumerated().compactMap { row, line in line.bar.map { (row, $0) } }
        return Picture(lines: texts, bars: bars)
    }

    // MARK: The foot

    private func last(_ content: Content, hidden: Int) -> Line {
        if let notice = content.notice { return Line(.warning, clipped(notice, to: columns - 3)) }
        let keys = content.heading == nil ? Messages.keys : Messages.confirmingKeys
        guard hidden > 0 else { return keyLine(keys) }
        // Where there is no room for both, what is missing matters more than the keys.
        let more = Messages.more(hidden)
        return keyLine(keys.map { "\(more) · \($0)" } + [more])
    }

    /// The longest of some texts for which the window is wide enough.
    private func keyLine(_ texts: [String]) -> Line {
        let width = columns - 3
        let text = texts.first { displayWidth($0) <= width } ?? texts.last ?? ""
        return Line(.help, faint(clipped(text, to: width)))
    }

    /// What to do about a clock that is wrong, where there is room to say it in full.
    private func remedy(_ clock: CodeClock) -> String? {
        guard let remedy = Messages.clockRemedy(clock.verdict),
            displayWidth(remedy) <= columns - 5
        else { return nil }
        return "→ \(remedy)"
    }

    /// What is known of the clock, in as many words as there is room for.
    private func line(_ clock: CodeClock, isChecking: Bool) -> String {
        let state = clock.state
        if isChecking, state.verdict == .unknown {
            return faint(clipped(Messages.checkingClock, to: columns - 3))
        }
        let width = columns - 3
        var text = ""
        var step = 0
        while let shorter = Messages.clockVerdict(clock, shortened: step) {
            text = shorter
            if displayWidth(text) <= width { break }
            step += 1
        }
        text = clipped(text, to: width)
        switch clock.verdict {
        case .ok, .note: return faint(text)
        case .warning: return coloured(text, 33)
        case .error: return coloured(text, 31)
        case .unknown: return text
        }
    }

    // MARK: A token

    private static let mark = "> "

    private func block(_ content: Content, _ index: Int) -> [Line] {
        let token = content.tokens[index]
        let report = content.reports[index]
        let isChosen = index == content.chosen && content.tokens.count > 1
        let isNamedSo = token.issuer.isEmpty || token.issuer == token.name
        let title = clipped(
            "\(printable(token.name)) · \(printable(isNamedSo ? token.userID : token.issuer))",
            to: columns - 3)
        var lines = [Line(.title, isChosen ? Self.mark + title : title)]
        let expiry = token.expiry(at: report.time)
        var next = Line.blank
        if report.code.isEmpty {
            lines += wrapped(report.waiting ?? Messages.waitsForMail, to: columns - 3)
                .map { Line(.code, faint($0)) }
        } else if showsEnded || expiry != .ended {
            let code = fitted(report.code)
            lines.append(Line(.code, report.isEnding ? coloured(code, 1, 33) : coloured(code, 1)))
            lines.append(Line(.bar, bar(report), bar: index))
            // A code that the token does not live to see helps nobody; one without its word looks like the current one.
            if content.showsNext || report.isEnding, let code = report.nextCode,
                showsEnded || token.expiry(at: report.validUntil) != .ended,
                case let text = Messages.next(grouped(code)), displayWidth(text) <= columns - 3
            {
                next = Line(.next, faint(text))
            }
        }
        for trust in token.trusts where trust.state(at: report.time) == .endsSoon {
            let text = Messages.trustEndsSoon(token, trust, at: report.time)
            lines.append(Line(.warning, coloured(clipped(text, to: columns - 3), 33)))
        }
        if let end = Messages.endsShort(token, expiry) {
            lines.append(Line(.warning, coloured(clipped(end, to: columns - 3), 33)))
        }
        return lines + [next]
    }

    // A code that is cut off must not look whole.
    private func fitted(_ code: String) -> String {
        if columns > code.count + Self.margin.count + 1 { return grouped(code) }
        return columns > code.count + Self.margin.count ? code : Messages.tooNarrow
    }

    /// Eight digits in two groups of four; others in two groups too.
    private func grouped(_ code: String) -> String {
        let half = (code.count + 1) / 2
        return "\(code.prefix(half)) \(code.dropFirst(half))"
    }

    private static let barWidth = 30
    private static let fullBar = String(repeating: "█", count: barWidth)
    private static let emptyBar = String(repeating: "░", count: barWidth)

    // Each is a character of three bytes. They are drawn every second, and appending is slow.
    private static func cells(_ bar: String, _ count: Int) -> String {
        String(bar.utf8.prefix(3 * count)) ?? ""
    }

    private func bar(_ report: CodeReport) -> String {
        let left = Messages.span(Int(report.remaining))
        let width = min(Self.barWidth, columns - 4 - Self.longest(report.totp))
        guard width > 0 else { return left }
        let full = Int(
            (report.remaining * Int64(width) + Int64(report.totp.period) - 1)
                / Int64(report.totp.period))
        let rest = Self.cells(Self.fullBar, full)
        return (report.isEnding ? coloured(rest, 33) : rest)
            + faint(Self.cells(Self.emptyBar, width - full)) + " \(left)"
    }

    /// How wide the time that is left may become.
    private static func longest(_ totp: TOTP) -> Int {
        [totp.period, totp.period - 1].map { displayWidth(Messages.span($0)) }.max() ?? 0
    }

    private func coloured(_ text: String, _ attributes: Int...) -> String {
        guard hasColour, !text.isEmpty else { return text }
        return "\u{1B}[\(attributes.map(String.init).joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    private func faint(_ text: String) -> String { coloured(text, 2) }
}

extension CodeReport {
    /// The first second of its end: the last ten, and never more than half of its time; of a mailed one the last tenth.
    var endingTime: Int64 {
        let period = Int64(totp.period)
        return validUntil - (kind == .mailed ? max(1, period / 10) : min(10, period / 2))
    }

    /// Whether the code is about to go.
    fileprivate var isEnding: Bool { time >= endingTime }
}
