internal import Cryptography
internal import Interchange
internal import Platform

extension Invocation {
    /// Whether the file that this command reads is standard input, named so or since none is named.
    var readsStandardInput: Bool {
        switch command {
        case "import": operands.first ?? (has("uri") ? nil : "-") == "-"
        case "restore": operands.first == "-"
        default: false
        }
    }
}

/// Somebody's tokens from outside: a file, standard input, a picture of a QR code, or a URI that is typed.
struct ForeignFile {
    /// How often a password is asked for.
    private static let tries = 3

    /// What it is called in messages.
    let path: String
    private let content: Shared<SecretBytes>
    let format: InterchangeFormat
    private let passwordFile: String?

    /// Reads what the command line names.
    ///
    /// - Parameter line: of `import`.
    /// - Throws: when there is nothing, or nothing that is known.
    init(_ line: Invocation) throws(CommandFailure) {
        let wish = try Self.format(line)
        passwordFile = line.value("password-file")
        let content: Shared<SecretBytes>
        if line.has("uri") {
            guard line.operands.isEmpty else { throw Messages.fileWithURI() }
            path = "--uri"
            content = Shared(try Self.askURI())
        } else {
            guard let file = line.operands.first ?? (isTerminal(0) ? nil : "-") else {
                throw Messages.nothingToImport()
            }
            guard !file.contains("://") else { throw Messages.uriAsOperand() }
            path = file
            content = try Self.content(of: file)
        }
        let isOurs = content.value.withBytes { $0.holds("otptoken-store/", at: 0) }
        guard let format = wish ?? (isOurs ? nil : .recognised(in: content)) else {
            throw Messages.unknownFormat(
                path, isOurs: isOurs, damage: InterchangeFormat.placeOfDamage(in: content))
        }
        self.content = content
        self.format = format
    }

    private static func format(_ line: Invocation) throws(CommandFailure) -> InterchangeFormat? {
        guard let word = line.value("format") else { return nil }
        guard let format = InterchangeFormat(rawValue: word) else {
            throw Messages.badFormat(word, InterchangeFormat.allCases.map(\.rawValue))
        }
        return format
    }

    private static func askURI() throws(CommandFailure) -> SecretBytes {
        do {
            return try ControllingTerminal().askSecret(Messages.askURI)
        } catch .none {
            throw Messages.noTerminalForURI()
        } catch {
            throw givenUp(error)
        }
    }

    /// What is in a file; of a picture, what its QR codes say.
    private static func content(of file: String) throws(CommandFailure) -> Shared<SecretBytes> {
        let bytes = try Messages.naming(file) { () throws(FileError) in
            try SecretInput.readAll(file, limit: InterchangeFormat.maximumCount)
        }
        guard let kind = bytes.withBytes(PictureKind.init) else { return Shared(bytes) }
        // The kind in front keeps ImageMagick from guessing, and from everything else that it can read.
        let words = [
            "zbarimg", "--quiet", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable",
            "\(kind.rawValue):-",
        ]
        let text: SecretBytes
        do {
            text = try FilterCommand.run(words, input: bytes, limit: InterchangeFormat.maximumCount)
        } catch {
            throw Messages.pictureFailed(error, file, package: "zbar-tools")
        }
        let content = Shared(text)
        guard InterchangeFormat.recognised(in: content) == .otpauth else {
            throw Messages.pictureWithoutToken(file, isEmpty: content.value.count == 0)
        }
        return content
    }

    /// What is in it, once its password is known.
    func harvest() throws(CommandFailure) -> Harvest {
        do throws(InterchangeError) {
            return try format.read(content, password: nil)
        } catch .needsPassword {
            // Asked for below.
        } catch {
            throw Messages.foreign(error, path, format)
        }
        if let passwordFile {
            let password = try Messages.naming(passwordFile) { () throws(FileError) in
                Shared(try SecretInput.read(passwordFile))
            }
            return try open(with: password).orThrow { Messages.wrongPassword(path, passwordFile) }
        }
        for attempt in 1...Self.tries {
            let password = Shared(try askPassword(path))
            if let harvest = try open(with: password) { return harvest }
            guard attempt < Self.tries else { break }
            writeNote(Messages.wrongPasswordTryAgain)
        }
        throw Messages.wrongPassword(path, nil)
    }

    /// - Returns: nil when the password does not open it.
    private func open(with password: Shared<SecretBytes>) throws(CommandFailure) -> Harvest? {
        do throws(InterchangeError) {
            return try format.read(content, password: password)
        } catch .notAuthentic {
            return nil
        } catch {
            throw Messages.foreign(error, path, format)
        }
    }
}

/// Asks for the password of a file that somebody else locked.
///
/// - Parameter path: the file.
/// - Returns: what was typed.
/// - Throws: when there is no answer.
func askPassword(_ path: String) throws(CommandFailure) -> SecretBytes {
    do {
        return try ControllingTerminal().askSecret(Messages.askPassword(path))
    } catch .none {
        throw Messages.noTerminalForPassword(path)
    } catch {
        throw givenUp(error)
    }
}

/// Pictures that a QR code is kept in, by how their files begin.
private enum PictureKind: String {
    case png
    case jpeg

    init?(_ bytes: Span<UInt8>) {
        func begins(_ start: [UInt8]) -> Bool {
            start.count <= bytes.count && start.indices.allSatisfy { bytes[$0] == start[$0] }
        }
        if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if begins([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else {
            return nil
        }
    }
}

extension Optional {
    /// The value, or a failure when there is none.
    func orThrow(_ failure: () -> CommandFailure) throws(CommandFailure) -> Wrapped {
        guard let self else { throw failure() }
        return self
    }
}
