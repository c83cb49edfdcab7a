internal import Cryptography
internal import Enrolment
internal import MailedCodes
internal import Platform
internal import TokenStore

/// What the person wants enrolled: from the options, or asked for at the terminal.
///
/// Everything is checked before any request is made.
struct EnrolmentRequest {
    /// How often a question is asked again when the answer does not fit.
    private static let questions = 3

    let backend: Backend
    let server: ServerURL
    let serviceID: String
    let userID: String
    let name: String?
    let isForced: Bool
    /// Whether somebody answered questions at the terminal.
    private(set) var wasAsked: Bool
    private let caFile: String?
    /// What was in the file of the start password; it has been checked, and is forgotten once it is used.
    private var givenPassword: Shared<SecretBytes>?

    init(_ line: Invocation) throws(CommandFailure) {
        let allowsHTTP = line.has("allow-http")
        let backend = try Self.given("backend", line, Self.backend) ?? .otptoken
        self.backend = backend
        // The options first, all of them: nobody shall answer questions for a line that is wrong.
        var server = try Self.given("server", line) { (text) throws(CommandFailure) in
            try IssuerConnection.server(text, backend, allowsHTTP: allowsHTTP)
        }
        var serviceID = try Self.given("service-id", line, Self.serviceID)
        var userID = try Self.given("user-id", line, Self.userID)
        name = line.value("name")
        if let name, !Token.isName(name) { throw Messages.badName(name) }
        isForced = line.has("force")
        caFile = try IssuerConnection.caFile(line)

        if let file = line.value("mail") {
            let notice = try IssuanceNotice(file: file)
            // What stands on the command line counts for more.
            if server == nil, let text = try notice.checkedValue(of: .server) {
                server = try IssuerConnection.server(text, backend, allowsHTTP: allowsHTTP)
            }
            if serviceID == nil { serviceID = try notice.checkedValue(of: .serviceID) }
            if userID == nil { userID = try notice.checkedValue(of: .userID) }
        }

        wasAsked = server == nil || serviceID == nil || userID == nil
        if wasAsked, !line.has("quiet") {
            // Where there is no terminal, the first question says so.
            (try? ControllingTerminal())?.show(Messages.introduction)
        }
        self.server = try Self.ask(Messages.askServer, "server", "URL", unless: server) {
            (text) throws(CommandFailure) in
            try IssuerConnection.server(text, backend, allowsHTTP: allowsHTTP)
        }
        self.serviceID = try Self.ask(
            Messages.askServiceID, "service-id", "ID", unless: serviceID, Self.serviceID)
        self.userID = try Self.ask(
            Messages.askUserID, "user-id", "ID", unless: userID, Self.userID)
        // Read once, here: it may be a pipe.
        if let file = line.value("start-password-file") {
            let typed = try Messages.naming(file) { () throws(FileError) in
                try SecretInput.read(file)
            }
            guard StartPassword(typed) != nil else { throw .badStartPassword() }
            givenPassword = Shared(typed)
        } else {
            givenPassword = nil
        }
    }

    /// Whether a token of the store has the same IDs.
    func concerns(_ token: Token) -> Bool {
        token.serviceID == serviceID && token.userID == userID
    }

    /// Whether this is the enrolment that a pending token waits for: the same IDs at the same server.
    ///
    /// What proves the start password at one server must not be shown to another.
    func continues(_ token: Token) -> Bool {
        token.state == .pending && concerns(token) && isFromThere(token)
    }

    /// Whether a token is of the same issuer.
    func isFromThere(_ token: Token) -> Bool {
        token.backend == backend && ServerURL(token.server) == server
    }

    /// Refuses IDs that have a token already, unless that is wanted.
    ///
    /// - Parameter tokens: the store's, as they are now: another process may have been faster.
    /// - Throws: the words for it.
    func refuseIfEnrolled(_ tokens: [Token]) throws(CommandFailure) {
        guard !isForced, let token = tokens.first(where: { $0.state == .active && concerns($0) })
        else { return }
        throw Messages.enrolledAlready(token)
    }

    /// Who enrols.
    var person: Enrolling { Enrolling(serviceID: serviceID, userID: userID) }

    /// How the issuer is reached.
    var issuer: IssuerConnection { IssuerConnection(server, caFile: caFile) }

    // MARK: Reading and asking

    /// The start password: from its file, which is forgotten then, or from the person.
    mutating func takeStartPassword() throws(CommandFailure) -> StartPassword {
        if let givenPassword {
            self.givenPassword = nil
            guard let password = StartPassword(givenPassword.value) else {
                throw .badStartPassword()
            }
            return password
        }
        for attempt in 1...Self.questions {
            let typed: SecretBytes
            do {
                typed = try ControllingTerminal().askSecret(Messages.askStartPassword)
            } catch .none {
                throw Messages.missingOption("start-password-file", "FILE")
            } catch {
                throw givenUp(error)
            }
            wasAsked = true
            if let password = StartPassword(typed) { return password }
            if attempt < Self.questions { report(.badStartPassword()) }
        }
        throw .badStartPassword()
    }

    private static func backend(_ text: String) throws(CommandFailure) -> Backend {
        guard let backend = Backend(rawValue: text) else { throw Messages.badBackend(text) }
        return backend
    }

    private static func id(_ text: String, _ option: String) throws(CommandFailure) -> String {
        guard let id = Identifier.read(text) else { throw Messages.badID(option, text) }
        return id
    }

    private static func serviceID(_ text: String) throws(CommandFailure) -> String {
        try id(text, "service-id")
    }

    private static func userID(_ text: String) throws(CommandFailure) -> String {
        try id(text, "user-id")
    }

    private static func given<Value>(
        _ option: String, _ line: Invocation, _ read: (String) throws(CommandFailure) -> Value
    ) throws(CommandFailure) -> Value? {
        guard let text = line.value(option) else { return nil }
        return try read(text)
    }

    private static func ask<Value>(
        _ prompt: String, _ option: String, _ value: String, unless given: Value?,
        _ read: (String) throws(CommandFailure) -> Value
    ) throws(CommandFailure) -> Value {
        if let given { return given }
        var attempt = 1
        while true {
            let answer: String
            do {
                answer = try ControllingTerminal().ask(prompt)
            } catch .none {
                throw Messages.missingOption(option, value)
            } catch {
                throw givenUp(error)
            }
            do {
                return try read(answer.filter { !$0.isWhitespace })
            } catch {
                guard attempt < questions else { throw error }
                report(error)
                attempt += 1
            }
        }
    }
}
