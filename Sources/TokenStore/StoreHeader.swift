internal import Cryptography

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
