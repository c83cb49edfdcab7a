import Synchronization

/// A real time server with NTS, and somebody on the way to it who decides what comes back by NTP.
///
/// Keys are agreed upon with the server itself.
package final class TimeProxy: Sendable {
    /// A request that went through, and the server's answer.
    package struct Exchange: Sendable {
        package let request: [UInt8]
        package let reply: [UInt8]
        /// How many requests came before.
        package let number: Int
        fileprivate let port: UInt16

        /// What the server says to another request; nil for silence.
        package func reply(to request: [UInt8]) -> [UInt8]? {
            ScriptedTimeServer.answer(to: request, from: port, on: "127.0.0.2", within: 5)
        }
    }

    /// The datagrams that reach the client, one after the other.
    package typealias Script = @Sendable (Exchange) -> [ScriptedTimeServer.Datagram]

    private let between: ScriptedTimeServer
    private let server: RunningChronyd

    /// Starts both.
    ///
    /// - Parameter script: sees what is said; called in many threads.
    /// - Throws: when they do not come up.
    package init(_ script: @escaping Script) throws {
        // Nobody knows it before it is set.
        let port = Mutex<UInt16>(0)
        between = try ScriptedTimeServer { request, number in
            let port = port.withLock { $0 }
            let reply = ScriptedTimeServer.answer(
                to: request, from: port, on: "127.0.0.2", within: 5)
            return reply.map {
                script(Exchange(request: request, reply: $0, number: number, port: port))
            } ?? []
        }
        let chosen = between.port
        port.withLock { $0 = chosen }
        server = try RunningChronyd(
            certificate: .good, host: "127.0.0.2", behind: chosen)
    }

    /// The URL to give to clients.
    package var url: String { server.url }

    /// What was asked until now.
    package var received: [[UInt8]] { between.received }
}
