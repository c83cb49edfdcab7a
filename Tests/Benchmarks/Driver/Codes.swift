import Cryptography
import Glibc
import OATH
import Platform
import TokenStore

/// Writes a store of tokens with random seeds, and the device key if there is none yet.
func makeStore(in folder: String, count: Int) throws {
    let locations = Locations(home: folder)
    if (try? PrivateFile.read(locations.deviceKey, limit: 32)) == nil {
        try PrivateFile.replace(
            locations.deviceKey, with: publicRandom(count: 32, from: SecretBytes.random))
    }
    var store = try TokenStore(
        openedBy: .device, device(locations), random: SecretBytes.random)
    for number in 1...count {
        store.tokens.append(
            Token(
                name: "token \(number)", state: .active, seed: Shared(try .random(count: 32)),
                totp: .rule, issuer: "Acme Bank", serviceID: "10121234",
                userID: "\(10_000_000_000_000 + number)AB", server: "https://otp.example/token",
                enrolledAt: 1_739_489_490, isDefault: number == 1))
    }
    try PrivateFile.replace(locations.store, with: store.sealed(random: SecretBytes.random))
}

private func device(_ locations: Locations) throws -> SecretBytes {
    let key = try PrivateFile.read(locations.deviceKey, limit: 32) + machineIdentity()
    return SecretBytes(copying: key.span)
}

/// Opens a store and makes its file, both as often as said: the least CPU time of each, since others only add to it.
func measureStore(in folder: String, times: Int) throws {
    CryptographyLibrary.startOffline()
    let locations = Locations(home: folder)
    let file = try PrivateFile.read(locations.store, limit: SealedStore.maximumCount)
    let device = try device(locations)
    var (opening, sealing) = (Double.infinity, Double.infinity)
    for _ in 0..<times {
        let start = processorSeconds()
        let sealed = try SealedStore(file)
        guard let key = try sealed.key(.device, from: device) else { throw StoreError.notAStore }
        let store = try sealed.open(key: key)
        let opened = processorSeconds()
        _ = try store.sealed(random: SecretBytes.random)
        opening = min(opening, opened - start)
        sealing = min(sealing, processorSeconds() - opened)
    }
    try writeResult("\(opening) \(sealing)\n")
}

/// Computes codes of successive steps; as liboath.c does.
func measureCodes(_ count: Int) throws {
    CryptographyLibrary.startOffline()
    let key = SecretBytes(copying: Array(UInt8(0)..<32).span)
    var last = try TOTP.rule.code(key: key, step: 0)
    let start = monotonicSeconds()
    for step in 0..<UInt64(count) { last = try TOTP.rule.code(key: key, step: step) }
    let rate = Double(count) / (monotonicSeconds() - start)
    try writeResult("\(last) \(Int(rate))\n")
}

/// Seconds since some moment, on a clock that nobody sets.
func monotonicSeconds() -> Double {
    let parts = ContinuousClock.now.duration(to: origin).components
    return -Double(parts.seconds) - Double(parts.attoseconds) * 1e-18
}

/// Seconds that this process has had a processor.
private func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

private let origin = ContinuousClock.now
