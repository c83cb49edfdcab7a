internal import ClockCheck
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

    /// The lines of one moment, from the top.
    ///
    /// - Parameters:
    ///   - tokens: in the order in which they are shown.
    ///   - reports: their codes.
    ///   - clock: what they were computed from.
    ///   - isChecking: whether it is being checked.
    /// - Returns: no more lines than the window has; tokens that do not fit are left out whole.
    func lines(
        _ tokens: [Token], _ reports: [CodeReport], _ clock: CodeClock, isChecking: Bool
    ) -> [String] {
        let fitting = max(1, (rows - 2) / 4)
        var lines: [Line] = [(.blank, "")]
        for (token, report) in zip(tokens, reports).prefix(fitting) {
            lines += block(token, report)
        }
        let hidden = tokens.count - fitting
        var last = hidden > 0 ? "\(Messages.more(hidden)) · \(Messages.leave)" : Messages.leave
        // Where there is no room for both, what is missing matters more than how to leave.
        if displayWidth(last) > columns - 3, hidden > 0 { last = Messages.more(hidden) }
        let isWrong = clock.verdict == .warning || clock.verdict == .error
        lines.append((isWrong ? .warning : .clock, line(clock, isChecking: isChecking)))
        if isWrong, let remedy = remedy(clock) { lines.append((.remedy, remedy)) }
        lines.append((.help, faint(clipped(last, to: columns - 3))))
        while lines.count > max(1, rows),
            let least = lines.indices.max(by: { lines[$0].weight < lines[$1].weight })
        {
            lines.remove(at: least)
        }
        return lines.map { $0.text.isEmpty ? "" : Self.margin + $0.text }
    }

    private typealias Line = (weight: Weight, text: String)

    /// What is left out where there is little room: the last of these first.
    private enum Weight: Int, Comparable {
        case code, warning, bar, title, clock, help, remedy, blank

        static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
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

    private func block(_ token: Token, _ report: CodeReport) -> [Line] {
        let isNamedSo = token.issuer.isEmpty || token.issuer == token.name
        let title =
            "\(printable(token.name)) · \(printable(isNamedSo ? token.userID : token.issuer))"
        let heading: Line = (.title, clipped(title, to: columns - 3))
        let expiry = token.expiry(at: report.time)
        var lines = [heading]
        if showsEnded || expiry != .ended {
            lines += [(.code, bold(fitted(report.code))), (.bar, bar(report))]
        }
        if let end = Messages.endsShort(token, expiry) {
            lines.append((.warning, coloured(clipped(end, to: columns - 3), 33)))
        }
        return lines + [(.blank, "")]
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

    private func bar(_ report: CodeReport) -> String {
        let left = Messages.seconds(Int(report.remaining))
        let width = min(30, columns - 4 - Messages.seconds(report.totp.period).count)
        guard width > 0 else { return left }
        let full = Int(
            (report.remaining * Int64(width) + Int64(report.totp.period) - 1)
                / Int64(report.totp.period))
        return String(repeating: "█", count: full)
            + faint(String(repeating: "░", count: width - full))
            + " \(left)"
    }

    private func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    private func coloured(_ text: String, _ colour: Int) -> String {
        hasColour ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }

    private func faint(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
