internal import CShims
package import Cryptography

/// What two sides agreed upon in a TLS session whose only use is that: the answer of the server, and keys.
package struct KeyExchange: ~Copyable {
    /// The address that answered, as text.
    package let peer: String
    /// The server's answer, complete.
    package let answer: [UInt8]
    /// The first key that was exported.
    package let firstKey: SecretBytes
    /// The second one.
    package let secondKey: SecretBytes

    /// What is asked, and how the answer is to be taken.
    package struct Request: Sendable {
        let alpn: String
        let bytes: [UInt8]
        let label: String
        let contexts: (first: [UInt8], second: [UInt8])
        let keyCount: Int
        let maximumCount: Int
        let isComplete: @Sendable ([UInt8]) -> Bool

        /// Describes a request.
        ///
        /// - Parameters:
        ///   - bytes: what is sent.
        ///   - alpn: the protocol, which the server must select.
        ///   - label: of the exporter (RFC 8446, section 7.5).
        ///   - contexts: of the exporter, for the two keys.
        ///   - keyCount: the length of a key in bytes.
        ///   - maximumCount: the longest answer taken.
        ///   - isComplete: whether more of the answer is to come.
        package init(
            _ bytes: [UInt8], alpn: String, label: String,
            contexts: (first: [UInt8], second: [UInt8]), keyCount: Int, maximumCount: Int,
            isComplete: @escaping @Sendable ([UInt8]) -> Bool
        ) {
            self.bytes = bytes
            self.alpn = alpn
            self.label = label
            self.contexts = contexts
            self.keyCount = keyCount
            self.maximumCount = maximumCount
            self.isComplete = isComplete
        }
    }

    /// Asks a server over TLS 1.3.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - host: the server, a name or an address.
    ///   - isAddress: which of both.
    ///   - port: its port.
    ///   - caFile: the PEM file to trust instead of the system's certificates.
    ///   - deadline: for all of it.
    /// - Throws: `NetworkError`.
    package init(
        _ request: Request, host: String, isAddress: Bool, port: UInt16, trusting caFile: String?,
        deadline: Deadline
    ) throws(NetworkError) {
        let context = try TLSContext(trusting: caFile)
        let socket = try Socket.connect(host: host, port: port, deadline: deadline)
        let peer = try socket.peer()
        let tls = try TLSSession(
            connecting: socket, host: host, isAddress: isAddress, context: context)
        try tls.require(alpn: request.alpn)
        try socket.keepTrying(until: deadline) { () throws(NetworkError) in try tls.handshake() }
        guard tls.has(alpn: request.alpn) else { throw .notSpoken(request.alpn) }
        try socket.write(request.bytes.span, until: deadline) { (rest) throws(NetworkError) in
            try tls.write(rest)
        }
        var answer: [UInt8] = []
        while !request.isComplete(answer) {
            guard answer.count <= request.maximumCount else { throw .notSpoken(request.alpn) }
            let more = try socket.keepTrying(until: deadline) { () throws(NetworkError) in
                try tls.read()
            }
            // Its end without an answer is the reader's to judge.
            guard !more.isEmpty else { break }
            answer += more
        }
        let first = try tls.export(request.label, request.contexts.first, request.keyCount)
        let second = try tls.export(request.label, request.contexts.second, request.keyCount)
        tls.close()
        self.peer = peer
        self.answer = answer
        firstKey = first
        secondKey = second
    }
}
