internal import Cryptography
package import Platform

extension Issuer {
    /// A certificate to show.
    package struct Certificate: Sendable {
        /// A PEM file with the server's certificate first.
        package let chain: String
        /// A PEM file with its private key.
        package let key: String

        package init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    /// Answers requests over HTTP until a signal ends it; prints nothing.
    ///
    /// - Parameters:
    ///   - address: an IP literal or `localhost`; only loopback when there is no certificate.
    ///   - port: 0 for any free one.
    ///   - certificate: to speak TLS.
    ///   - proxies: the IP addresses of proxies in front, whose word for a client's address counts; with one, no
    ///     certificate is needed, and nobody else is answered then.
    ///   - sendmail: what hands the mails on; nil leaves them in the outbox.
    ///   - stop: tells when to end.
    ///   - listening: is told the port once connections are taken.
    ///   - report: is told why requests were answered with 503; called in many threads.
    /// - Throws: `IssuerError.needsCertificate`, `.network`.
    package func serve(
        address: String, port: UInt16, certificate: Certificate?, proxies: [String] = [],
        sendmail: Sendmail? = nil, until stop: borrowing SignalDescriptor,
        listening: (UInt16) -> Void,
        report: @escaping @Sendable (IssuerError) -> Void
    ) throws(IssuerError) {
        defer { close() }
        let literal = address.contains(":") ? "[\(address)]" : address
        let isLoopback = ServerURL("http://\(literal)")?.isLoopback == true
        guard certificate != nil || isLoopback || !proxies.isEmpty else {
            throw .needsCertificate(address: address)
        }
        let mailer = sendmail.map { Mailer(self, $0, report: report) }
        let site = Site(
            self, proxies: proxies, onlyProxies: certificate == nil && !isLoopback,
            isSecure: certificate != nil || !proxies.isEmpty, mailer: mailer)
        // A client that hangs up must not end the process.
        Hardening.ignoreBrokenPipes()
        do throws(NetworkError) {
            var context: TLSContext?
            if let certificate {
                context = try TLSContext(showing: certificate.chain, key: certificate.key)
            }
            let listener = try Listener(address: address, port: port)
            // Everybody comes through a proxy, if there is one: its connections are nobody's.
            let server = HTTPServer(
                listener, context: context,
                group: { proxies.contains($0) ? nil : chargedAddress($0) },
                handler: { request, peer in
                    site.answer(
                        request, from: peer, now: wallClockSeconds(), random: SecretBytes.random,
                        report: report)
                })
            do throws(Errno) {
                try Thread.start { [self] in sweepDaily(mailer, report: report) }
            } catch {
                throw .cannotConnect(error)
            }
            listening(listener.port)
            do throws(Errno) { try server.run(until: stop) } catch { throw .cannotConnect(error) }
        } catch {
            throw .network(error)
        }
    }

    /// Looks once a day, as long as the process lives, for what time has done.
    private func sweepDaily(
        _ mailer: Mailer?, report: @Sendable (IssuerError) -> Void
    ) -> Never {
        var next = Int64.min
        while true {
            let now = wallClockSeconds()
            // Asked each hour, since a machine that sleeps does not count.
            if now >= next {
                next = now + 86400
                do throws(IssuerError) {
                    for mail in try sweep(now: now, random: SecretBytes.random, report: report) {
                        mailer?.send(mail)
                    }
                } catch {
                    report(error)
                }
            }
            pause(seconds: 3600)
        }
    }
}
