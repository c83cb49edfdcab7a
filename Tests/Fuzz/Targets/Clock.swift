import ClockCheck
import Cryptography
import OTPTokenCommands
import Platform

private let nonce: UInt64 = 0x0123_4567_89AB_CDEF

/// A datagram in the place of a time server's answer; the nonce is put right first, or nothing behind it would be reached.
func fuzzNTPPacket(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let packet = NTPPacket(input.span) else {
        try require(input.count < NTPPacket.headerCount, "every header is read")
        return false
    }
    try require(packet.rootDistance >= 0, "a distance is one")
    if let code = packet.kissCode {
        try require(
            code.utf8.count == 4 && code.utf8.allSatisfy { (0x21...0x7E).contains($0) },
            "a kiss code steers no terminal")
    }
    var answer = input
    for index in 0..<8 { answer[24 + index] = UInt8(truncatingIfNeeded: nonce >> (56 - 8 * index)) }
    var isTaken = false
    // 1970, 2026, 2200, and the last moment that there is.
    for clock: Nanoseconds in [0, 1_793_491_200, 7_258_118_400, 9_223_372_030] {
        let query = NTPQuery(nonce: nonce, sentAt: clock * .second)
        guard let header = query.header(of: answer.span) else { continue }
        try require(header.mode == 4, "a server answers")
        for elapsed: Nanoseconds in [0, 20_000_000, 2 * .second, 2 * .second + 1] {
            guard let sample = try? query.sample(header, elapsed: elapsed) else { continue }
            try require((0...2 * .second).contains(sample.delay), "a delay is 2 s at most")
            try require(
                (0...4 * Nanoseconds.second).contains(sample.error - sample.delay / 2),
                "an error is bounded")
            try require((1...15).contains(sample.stratum), "a stratum is one of 1 to 15")
            try require(!sample.isAuthenticated, "nobody vouches for it")
            try require(
                ClockSelection([("a", sample), ("b", sample)])?.offset == sample.offset,
                "a server agrees with itself")
            _ = ClockVerdict(offset: sample.offset, error: sample.error)
            isTaken = true
        }
    }
    return isTaken
}

/// The answer to a key exchange.
func fuzzNTSRecords(_ input: [UInt8]) throws(Broken) -> Bool {
    let isComplete = NTSKeyExchange.isComplete(input)
    guard let answer = try? NTSKeyExchange.read(input) else { return false }
    try require(isComplete, "what is read is complete")
    try require((1...8).contains(answer.cookies.count), "1 to 8 cookies")
    try require(
        answer.cookies.allSatisfy { (4...256).contains($0.count) && $0.count % 4 == 0 },
        "a cookie fits into a field")
    if let server = answer.server {
        try require((1...255).contains(server.utf8.count), "a name has 255 characters at most")
        try require(
            server.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a name is visible ASCII")
    }
    try require(answer.port > 0, "a port is one")
    try require(
        input.count == NTSKeyExchange.maximumCount
            || (try? NTSKeyExchange.read(input + [0])) == answer,
        "what is behind the end says nothing")
    return true
}

/// A datagram in the place of an authenticated answer: the input is its extension fields.
///
/// A field of type 0404 at the end, whose content would have to be forged, is sealed here first.
func fuzzNTSFields(_ input: [UInt8]) throws(Broken) -> Bool {
    let query = try certain("a request is made") { () throws(CryptographyError) in
        try NTSQuery(
            NTPQuery(nonce: nonce, sentAt: 0), cookie: [UInt8](repeating: 1, count: 100),
            keys: NTSKeys(clientToServer: steadyKey(1), serverToClient: steadyKey(2)),
            random: steady)
    }
    let head = NTPPacket.request(nonce: nonce) + input
    let box = try certain("sealing") { () throws(CryptographyError) in
        try AESSIV.seal([], key: steadyKey(2), associated: [head, Array(head.prefix(16))])
    }
    let sealed = head + [4, 4, 0, 40, 0, 16, 0, 16] + head.prefix(16) + box
    let header = try unwrap(NTPPacket(sealed.span), "a header is one")
    func check(_ datagram: [UInt8]) throws(Broken) -> NTSQuery.Answer {
        try certain("a check has an outcome") { () throws(CryptographyError) in
            try query.check(datagram, header: header)
        }
    }
    try require(try check(head) == .none, "nothing is authentic that is not sealed")
    guard try check(sealed) == .authentic else { return false }
    for index in 0..<min(head.count, 200) {
        var altered = sealed
        altered[index] ^= 1
        try require(try check(altered) != .authentic, "every byte before the seal counts")
    }
    return true
}

/// The file that remembers the last check, and whom it asked.
func fuzzClockRecord(_ input: [UInt8]) throws(Broken) -> Bool {
    guard let lines = try? Configuration(parsing: input) else { return false }
    let origin = lines.value("origin")
    let record = ClockRecord(lines, origin: origin)
    let text = record.text(origin: origin)
    let again = try certain("what is written is read") { () throws(ConfigurationError) in
        try Configuration(parsing: Array(text.utf8))
    }
    try require(ClockRecord(again, origin: origin) == record, "what is written is read alike")
    try require(
        ClockRecord(again, origin: "another boot").memo == nil, "a check ends with its boot")
    for clock: Nanoseconds in [.min, -1, 0, 1_793_491_200 * .second, .max] {
        let now = ClockReading(
            realtime: clock, boottime: clock, monotonic: clock, raw: -1 - clock, origin: origin,
            isVirtual: false)
        if let memo = record.memo, let state = ClockState(memo, at: now) {
            try require(state.verdict != .unknown, "what is known has a verdict")
            try require(state.error.map { $0 >= 0 } == true, "an error is bounded")
        }
        let servers = record.polls.polls.map(\.server)
        try require(
            record.polls.due(servers, at: now).count <= servers.count, "each is asked once")
    }
    return record.memo != nil || !record.polls.polls.isEmpty
}
