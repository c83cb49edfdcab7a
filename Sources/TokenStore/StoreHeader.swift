internal import Cryptography

/// One way to the store key: a line `slot KIND … SALT WRAPPED` of the header.
package struct KeySlot: Equatable, Sendable {
    /// The kinds that this version opens.
    package static let device = "device"
    /// The kinds of the app lock.
    static let lockKinds = ["scrypt", "command"]
    static let saltCount = 16
    static let wrappedCount = 32 + AESGCM.overhead

    /// The whole line, without its newline.
    let line: String
    /// The word behind `slot`.
    package let kind: String
    /// Salt and wrapped key, where the kind is one that this version opens.
    let contents: (salt: [UInt8], wrapped: [UInt8])?

    package static func == (a: KeySlot, b: KeySlot) -> Bool { a.line == b.line }

    /// Reads a line strictly; a slot of another kind is kept as it stands.
    init(line: String) throws(StoreError) {
        let words = Array(line.utf8).split(separator: 0x20, omittingEmptySubsequences: false)
        guard words.count >= 3, words[0].elementsEqual("slot".utf8),
            words.allSatisfy({ !$0.isEmpty }),
            words[1].allSatisfy({
                (97...122).contains($0) || (48...57).contains($0) || $0 == 45
            })
        else { throw .damaged("slot line") }
        self.line = line
        kind = String(decoding: words[1], as: UTF8.self)
        guard kind == Self.device else {
            contents = nil
            return
        }
        guard words.count == 4,
            let salt = Self.decode(words[2], count: Self.saltCount),
            let wrapped = Self.decode(words[3], count: Self.wrappedCount)
        else { throw .damaged("device slot") }
        contents = (salt, wrapped)
    }

    private static func decode(_ word: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        guard let bytes = Base64.decode(word.span, padding: .none), bytes.count == count else {
            return nil
        }
        return bytes.withBytes { Array(copying: $0) }
    }

    /// Wraps a store key for this machine.
    ///
    /// - Parameters:
    ///   - key: the store key.
    ///   - device: device key and machine identity, one behind the other.
    ///   - random: salt and nonce.
    /// - Throws: `CryptographyError`.
    init(
        wrapping key: borrowing SecretBytes, device: borrowing SecretBytes, random: RandomSource
    ) throws(CryptographyError) {
        let salt = try publicRandom(count: Self.saltCount, from: random)
        let start = "slot \(Self.device) \(Base64.encode(salt.span, padding: .none))"
        let wrapped = try AESGCM.seal(
            key, key: Self.keyEncryptionKey(device: device, salt: salt),
            nonce: publicRandom(count: AESGCM.nonceCount, from: random), aad: Array(start.utf8))
        line = "\(start) \(Base64.encode(wrapped.span, padding: .none))"
        kind = Self.device
        contents = (salt, wrapped)
    }

    /// The store key, or nil when this slot is not this machine's.
    func unwrap(device: borrowing SecretBytes) throws(StoreError) -> SecretBytes? {
        guard let contents, let space = line.utf8.lastIndex(of: UInt8(ascii: " ")) else {
            return nil
        }
        do throws(CryptographyError) {
            return try AESGCM.open(
                contents.wrapped, key: Self.keyEncryptionKey(device: device, salt: contents.salt),
                aad: Array(line.utf8[..<space]))
        } catch .notAuthentic {
            return nil
        } catch {
            throw .cryptography(error)
        }
    }

    private static func keyEncryptionKey(
        device: borrowing SecretBytes, salt: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        try HKDF.derive(from: device, salt: salt, info: Array("otptoken-store/1 device".utf8))
    }
}

/// The text before the store's ciphertext.
struct StoreHeader {
    static let firstLine = "otptoken-store/1"
    private static let maximumSlots = 16
    private static let maximumLine = 512

    let slots: [KeySlot]
    let mac: [UInt8]

    /// What the MAC covers: everything up to and with `mac `.
    var covered: [UInt8] {
        var text = Self.firstLine + "\n"
        for slot in slots { text += slot.line + "\n" }
        return Array((text + "mac ").utf8)
    }

    /// The whole header, with the newline of the last line: the ciphertext's associated data.
    var bytes: [UInt8] { covered + Array("\(Base64.encode(mac.span, padding: .none))\n".utf8) }

    /// Reads a header strictly.
    ///
    /// - Parameter file: the store.
    /// - Returns: the header, and where the ciphertext begins.
    /// - Throws: `StoreError.notAStore` or `.damaged`.
    static func read(_ file: [UInt8]) throws(StoreError) -> (StoreHeader, bodyStart: Int) {
        var position = 0
        func line() -> String? {
            guard let end = file[position...].prefix(maximumLine).firstIndex(of: 0x0A),
                file[position..<end].allSatisfy({ (0x20...0x7E).contains($0) })
            else { return nil }
            defer { position = end + 1 }
            return String(decoding: file[position..<end], as: UTF8.self)
        }
        guard line() == firstLine else { throw .notAStore }
        var slots: [KeySlot] = []
        while let text = line() {
            if text.hasPrefix("mac ") {
                guard !slots.isEmpty,
                    let mac = Base64.decode(String(text.dropFirst(4)), padding: .none),
                    mac.count == 32
                else { throw .damaged("mac line") }
                return (StoreHeader(slots: slots, mac: mac), position)
            }
            guard slots.count < maximumSlots else { throw .damaged("too many slots") }
            slots.append(try KeySlot(line: text))
        }
        throw .damaged("header")
    }

    /// Makes the header of a store.
    init(slots: [KeySlot], key: borrowing SecretBytes) throws(CryptographyError) {
        self.slots = slots
        mac = try HMAC.authenticate(
            StoreHeader(slots: slots, mac: []).covered, key: Self.macKey(key))
    }

    private init(slots: [KeySlot], mac: [UInt8]) {
        self.slots = slots
        self.mac = mac
    }

    /// Whether the header is the one that was written with this key.
    func isAuthentic(key: borrowing SecretBytes) throws(CryptographyError) -> Bool {
        constantTimeEqual(mac, try HMAC.authenticate(covered, key: Self.macKey(key)))
    }

    private static func macKey(
        _ key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        try HKDF.derive(from: key, purpose: "otptoken-store/1 header")
    }
}
