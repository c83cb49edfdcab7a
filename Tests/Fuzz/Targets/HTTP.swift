import Platform

/// An HTTP message, read as a request and as a response.
func fuzzHTTP(_ input: [UInt8]) throws(Broken) -> Bool {
    let request = try check(.request, input)
    let response = try check(.response, input)
    return request || response
}

private enum Outcome: Equatable {
    case message(HTTPMessage)
    case refused(HTTPError)
}

private func check(_ role: HTTPParser.Role, _ input: [UInt8]) throws(Broken) -> Bool {
    let outcome = parse(role, [input[...]])
    // Every place of a short input, some of a long one: each costs as much as the input is long.
    for place in stride(from: 0, through: input.count, by: 1 + input.count / 16) {
        try require(
            parse(role, [input[..<place], input[place...]]) == outcome,
            "in two pieces, cut at \(place)")
    }
    if input.count <= 256 {
        let bytes = input.indices.map { input[$0...$0] }
        try require(parse(role, bytes) == outcome, "byte by byte")
    }
    guard case .message(let message) = outcome else { return false }
    // What says how long the body is has done its work.
    let fields = message.fields.filter {
        !["content-length", "transfer-encoding"].contains($0.name.lowercased())
    }
    let encoded = HTTPMessage(message.start, fields: fields, body: message.body).encoded
    // Writing makes fields longer, and adds one.
    let room = HTTPLimits(head: 64 << 10, fields: 65, body: 64 << 10)
    guard case .message(let again) = parse(role, [encoded[...]], limits: room) else {
        throw Broken("what is written can be read")
    }
    try require(again.start == message.start && again.body == message.body, "message is kept")
    try require(
        again.fields.dropLast() == fields[...]
            && again.value(of: "content-length") == "\(message.body.count)", "fields are kept")
    try require(again.mediaType == message.mediaType, "media type is kept")
    return true
}

/// Feeds bytes in pieces, then closes.
///
/// The limits are such that an input can pass them.
private func parse(
    _ role: HTTPParser.Role, _ pieces: [ArraySlice<UInt8>],
    limits: HTTPLimits = HTTPLimits(head: 2 << 10, fields: 64, body: 1 << 10)
) -> Outcome {
    var parser = HTTPParser(role, limits: limits)
    do throws(HTTPError) {
        for piece in pieces {
            if let message = try parser.feed(Array(piece)) { return .message(message) }
        }
        return .message(try parser.finish())
    } catch {
        return .refused(error)
    }
}
