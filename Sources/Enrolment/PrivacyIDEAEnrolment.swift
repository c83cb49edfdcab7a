internal import Cryptography
internal import JSON
internal import OATH

/// An enrolment at privacyIDEA.
///
/// The login spends the start password, and what authorises the rest lives in memory alone. So the serial number is
/// chosen here, and kept before the token is made: whatever is lost then has a name, by which the next run removes it,
/// or an administrator does. From then on the seed is kept before each step, and a run that is taken up first tries
/// whether a code logs in already.
final class PrivacyIDEAEnrolment: EnrolmentDialog {
    private enum Stage {
        /// A code is tried, as of a token whose last answer may have been lost.
        case trying
        case password(PasswordReason)
        case login
        /// The serial number is kept.
        case naming
        case deleting, making
        case keeping(after: Need)
        case contributing, verifying
        case waiting(until: UInt64)
        case done
    }

    /// What the server still wants.
    private enum Need: String {
        /// Everything: no token is made yet, as far as is known.
        case token
        case contribution
        case verification
    }

    private enum Key {
        static let need = "enrol_need"
        static let part = "enrol_part"
        static let left = "enrol_left"
        static let issuer = "enrol_issuer"
    }

    private let person: Enrolling
    private let random: RandomSource
    private var stage: Stage
    private var need = Need.token
    /// Whether an earlier run has kept the serial number.
    private var isResumed = false
    private var serial = ""
    /// The serial numbers of tokens of earlier runs that the server has not given up.
    private var leftovers: [String] = []
    /// What logs in: the start password, or a code.
    private var sent = Shared(SecretBytes(zeros: 0))
    private var authorization: Shared<SecretBytes>?
    /// The seed, as soon as it is known, and who issues it.
    private var seed: Shared<SecretBytes>?
    private var totp = TOTP.rule
    private var issuer = ""
    private var part: Shared<SecretBytes>?
    /// The step whose code went out last; it may be used up.
    private var triedStep: UInt64?
    private var spentStep: UInt64?
    private var hasWaited = false
    private var isRemade = false
    private var time: Int64?

    init(_ person: Enrolling, _ random: @escaping RandomSource) {
        self.person = person
        self.random = random
        stage = .password(.beginning)
    }

    init?(_ person: Enrolling, _ random: @escaping RandomSource, resuming kept: KeptEnrolment) {
        guard let serial = kept.marks.text(PrivacyIDEA.serialKey), PrivacyIDEA.isSerial(serial),
            let need = kept.marks.text(Key.need).flatMap({ Need(rawValue: $0) })
        else { return nil }
        self.person = person
        self.random = random
        self.serial = serial
        self.need = need
        isResumed = true
        leftovers = (kept.marks.text(Key.left) ?? "").split(separator: " ").map(String.init)
            .filter(PrivacyIDEA.isSerial)
        if let text = kept.marks[Key.part],
            let part = text.value.withBytes({ Base32.decode($0) })
        {
            self.part = Shared(part)
        }
        issuer = kept.marks.text(Key.issuer) ?? ""
        stage = need == .token ? .password(.spent) : .trying
        guard need != .token else { return }
        seed = kept.seed
        totp = kept.totp
        if need == .contribution, part == nil { return nil }
    }

    var loss: EnrolmentLoss {
        switch stage {
        case .password: return .nothing
        case .login: return .password(serials: isResumed ? leftovers + [serial] : [])
        case .naming, .deleting, .making, .keeping: return .token(serials: leftovers + [serial])
        // The seed is kept as soon as there is anything more to be done.
        case .done where need == .token: return .token(serials: leftovers + [serial])
        case .trying, .contributing, .verifying, .waiting, .done:
            return .unfinished(serial: serial)
        }
    }

    // MARK: What is to be done

    func next(at now: Int64) throws(EnrolmentError) -> EnrolmentStep {
        switch stage {
        case .password(let reason): return .password(reason)
        case .trying:
            sent = Shared(SecretBytes(copying: Array(try code(at: totp.step(at: now)).utf8).span))
            return .ask(PrivacyIDEA.login(person, password: sent.value))
        case .login:
            return .ask(PrivacyIDEA.login(person, password: sent.value))
        case .naming:
            // Of a token of this name that an earlier run has made the seed is gone.
            stage = isResumed ? .deleting : .making
            return .keep(kept)
        case .deleting: return .ask(PrivacyIDEA.delete(serial: serial, authorization))
        case .making: return .ask(PrivacyIDEA.make(serial: serial, authorization))
        case .keeping(let need):
            self.need = need
            stage = need == .contribution ? .contributing : .verifying
            return .keep(kept)
        case .contributing:
            guard let part else { throw .unexpected("otpkey") }
            return .ask(try PrivacyIDEA.contribute(part.value, serial: serial, authorization))
        case .verifying:
            let code = try code(at: totp.step(at: now))
            return .ask(PrivacyIDEA.verify(serial: serial, code: code, authorization))
        case .waiting(let step):
            stage = .verifying
            return .wait(until: totp.start(of: step))
        case .done:
            guard let seed else { throw .unexpected("secret") }
            return .done(
                EnrolledToken(
                    seed: seed,
                    parameters: EnrolmentParameters(issuer: issuer, totp: totp, time: time),
                    marks: [Mark(PrivacyIDEA.serialKey, serial)], spentStep: spentStep,
                    leftovers: leftovers))
        }
    }

    private func code(at step: UInt64) throws(EnrolmentError) -> String {
        guard let seed else { throw .unexpected("secret") }
        triedStep = step
        do {
            return try totp.code(key: seed.value, step: step)
        } catch {
            throw .cryptography(error)
        }
    }

    private var kept: KeptEnrolment {
        var marks = [Mark(PrivacyIDEA.serialKey, serial), Mark(Key.need, need.rawValue)]
        if !leftovers.isEmpty { marks.append(Mark(Key.left, leftovers.joined(separator: " "))) }
        if !issuer.isEmpty { marks.append(Mark(Key.issuer, issuer)) }
        if need == .contribution, let part {
            var text = SecretBuffer()
            Base32.append(part.value, to: &text)
            marks.append(Mark(Key.part, Shared(text.finish())))
        }
        // Until the server has made a seed there is none: a byte stands for it.
        return KeptEnrolment(seed: seed ?? Shared(SecretBytes(zeros: 1)), totp: totp, marks: marks)
    }

    func take(_ password: borrowing StartPassword) throws(EnrolmentError) {
        sent = Shared(password.digits.clone())
        stage = .login
    }

    // MARK: What is answered

    func receive(_ answer: IssuerAnswer) throws(EnrolmentError) {
        switch stage {
        case .trying: try receiveTry(answer)
        case .login: try receiveLogin(PrivacyIDEA.Reply(answer, to: sent))
        case .deleting:
            // Where it was never made, or may not be deleted, the next answer tells.
            _ = try? PrivacyIDEA.Reply(answer)
            stage = .making
        case .making, .contributing, .verifying: try receiveStep(answer)
        default: break
        }
    }

    private func receiveStep(_ answer: IssuerAnswer) throws(EnrolmentError) {
        do throws(EnrolmentError) {
            switch stage {
            case .contributing: try receiveContribution(answer)
            case .verifying: try receiveVerification(answer)
            default: try receiveToken(PrivacyIDEA.Reply(answer))
            }
        } catch {
            try giveWay(error)
        }
    }

    private func receiveTry(_ answer: IssuerAnswer) throws(EnrolmentError) {
        do throws(EnrolmentError) {
            let reply = try PrivacyIDEA.Reply(answer, to: sent)
            // A person may have other tokens, too.
            guard reply.json.string("detail", "serial") == serial else {
                stage = .password(.spent)
                return
            }
            authorization = reply.login
            spentStep = triedStep
            stage = .done
        } catch .privacyIDEA(.wrongPassword) {
            // A code that was right before: it was the answer to it that was lost.
            let isUsed = SecretJSON(answer.body).map {
                $0.string("detail", "serial") == serial
                    && $0.string("detail", "message")?.contains("used again") == true
            }
            if isUsed == true { spentStep = triedStep }
            stage = isUsed == true ? .done : .password(.spent)
        } catch .privacyIDEA {
            stage = .password(.spent)
        } catch {
            throw error
        }
    }

    private func receiveLogin(_ reply: PrivacyIDEA.Reply) throws(EnrolmentError) {
        guard let login = reply.login else { throw .unexpected("token") }
        authorization = login
        sent = Shared(SecretBytes(zeros: 0))
        time = reply.json.integer("time")
        switch need {
        case .token:
            if !isResumed { try chooseSerial() }
            stage = .naming
        case .contribution: stage = .contributing
        case .verification: stage = .verifying
        }
    }

    private func chooseSerial() throws(EnrolmentError) {
        do throws(CryptographyError) {
            let number = try publicRandom(count: 6, from: random)
            serial = "OTPT" + Hex.encode(number.span).uppercased()
        } catch {
            throw .cryptography(error)
        }
    }

    /// Where a token that an earlier run has made can neither be finished nor deleted, another one takes its place: the
    /// login is not spent for nothing.
    private func giveWay(_ error: EnrolmentError) throws(EnrolmentError) {
        guard case .privacyIDEA(.notPermitted(let words)) = error, isResumed,
            words.contains("roll over")
        else { throw error }
        if need == .token {
            leftovers.append(serial)
            try chooseSerial()
        } else {
            need = .token
            seed = nil
        }
        stage = .naming
    }

    private func receiveToken(_ reply: PrivacyIDEA.Reply) throws(EnrolmentError) {
        guard let given = reply.json.string("detail", "serial"), PrivacyIDEA.isSerial(given) else {
            throw .unexpected("serial")
        }
        serial = given
        let uri = try reply.keyURI()
        // Where the server does not say who it is, or says what no name is, it is known by the realm.
        issuer = uri.issuer.flatMap(PrivacyIDEA.issuerName) ?? person.serviceID
        totp = uri.totp
        time = reply.json.integer("time")
        seed = uri.seed
        if try reply.state() == "clientwait" {
            try mix(uri.seed, reply)
            stage = .keeping(after: .contribution)
        } else {
            try settle(reply)
        }
    }

    /// Makes the seed out of the server's part, as text, and one of ours.
    private func mix(
        _ theirs: Shared<SecretBytes>, _ reply: PrivacyIDEA.Reply
    ) throws(EnrolmentError) {
        guard let iterations = reply.json.integer("detail", "2step_difficulty"),
            let count = reply.json.integer("detail", "2step_output"),
            let salt = reply.json.integer("detail", "2step_salt"), (8...64).contains(salt),
            (16...64).contains(count), (1000...1_000_000).contains(iterations)
        else { throw .unacceptable("2step") }
        do throws(CryptographyError) {
            let ours = try random(Int(salt))
            var text = SecretBuffer()
            Hex.append(theirs.value, to: &text)
            seed = Shared(
                try PBKDF2.derive(
                    from: text.finish(), salt: ours, iterations: Int(iterations), count: Int(count))
            )
            part = Shared(ours)
        } catch {
            throw .cryptography(error)
        }
    }

    private func receiveContribution(_ answer: IssuerAnswer) throws(EnrolmentError) {
        let reply: PrivacyIDEA.Reply
        do throws(EnrolmentError) {
            reply = try PrivacyIDEA.Reply(answer)
        } catch .privacyIDEA(.other(PrivacyIDEA.notVerified, _)) where isResumed {
            // It has our part already: the answer to an earlier run was lost.
            part = nil
            stage = .keeping(after: .verification)
            return
        } catch {
            throw error
        }
        // Both have computed it: they must have come to the same. The digits here are those of a token that nobody asked
        // to be otherwise, whatever was decided: the first answer counts.
        if reply.json.isThere("detail", "googleurl", "value") {
            let uri = try reply.keyURI()
            guard let seed, uri.seed.value.equals(seed.value) else { throw .seedsDiffer }
        }
        try checkSerial(reply)
        part = nil
        time = reply.json.integer("time")
        try settle(reply)
    }

    /// Goes on as the server says that the token stands.
    private func settle(_ reply: PrivacyIDEA.Reply) throws(EnrolmentError) {
        switch try reply.state() {
        case nil: stage = .done
        case "verify": stage = .keeping(after: .verification)
        case let state?: throw .unacceptable("rollout_state \(state)")
        }
    }

    /// What is said of a token must be said of this one.
    private func checkSerial(_ reply: PrivacyIDEA.Reply) throws(EnrolmentError) {
        guard reply.json.string("detail", "serial") ?? serial == serial else {
            throw .unexpected("serial")
        }
    }

    private func receiveVerification(_ answer: IssuerAnswer) throws(EnrolmentError) {
        do throws(EnrolmentError) {
            let reply = try PrivacyIDEA.Reply(answer)
            if reply.json.isThere("detail", "googleurl") {
                // An administrator may have deleted it meanwhile: this makes a new one then, but not again and again.
                guard !isRemade else { throw .unexpected("googleurl") }
                isRemade = true
                return try receiveToken(reply)
            }
            try checkSerial(reply)
            guard try reply.state() == nil else { throw .unexpected("rollout_state") }
            time = reply.json.integer("time")
            spentStep = triedStep
            stage = .done
        } catch .privacyIDEA(.other(PrivacyIDEA.notVerified, _)) {
            // The code may have been used up: the next one is not.
            guard !hasWaited, let triedStep else { throw .privacyIDEA(.notVerified) }
            hasWaited = true
            stage = .waiting(until: triedStep + 1)
        } catch {
            throw error
        }
    }

    // MARK: The token that is replaced

    func retirement(of marks: Marks) -> IssuerQuestion? {
        guard let authorization, let old = marks.text(PrivacyIDEA.serialKey), old != serial,
            PrivacyIDEA.isSerial(old)
        else { return nil }
        return PrivacyIDEA.delete(serial: old, authorization)
    }

    func isRetired(_ answer: IssuerAnswer) -> Bool {
        do throws(EnrolmentError) {
            _ = try PrivacyIDEA.Reply(answer)
            return true
        } catch {
            return error == .privacyIDEA(.noToken)
        }
    }
}
