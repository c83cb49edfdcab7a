import Foundation

/// A throw-away certificate authority, made with the `openssl` program.
package final class Certificates: Sendable {
    package let folder: TemporaryFolder

    /// The authority's own certificate.
    package var authority: String { path("ca.pem") }

    package init() throws {
        folder = try TemporaryFolder()
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=Test"
                + " -keyout ca.key -out ca.pem")
    }

    /// The path of a file of a certificate: `NAME.pem` or `NAME.key`.
    package func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// Makes a certificate of the authority: `NAME.pem` and `NAME.key`.
    ///
    /// - Parameters:
    ///   - name: of the files.
    ///   - names: its subject alternative names, `DNS:localhost,IP:127.0.0.1`; empty for none.
    ///   - time: what faketime takes for the moment of its making; it is valid for 2 days.
    /// - Throws: when openssl does not make it.
    package func issue(_ name: String, for names: String, at time: String = "+0") throws {
        let fields = names.isEmpty ? "basicConstraints=CA:FALSE\n" : "subjectAltName=\(names)\n"
        try fields.write(toFile: path(name + ".ext"), atomically: true, encoding: .utf8)
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost"
                + " -keyout \(name).key -out \(name).csr")
        try openssl(
            "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
                + " -extfile \(name).ext -out \(name).pem", at: time)
    }

    private func openssl(_ arguments: String, at time: String = "+0") throws {
        let words = arguments.split(separator: " ").map(String.init)
        let outcome = try Program.run(
            "env", ["-C", folder.path, "faketime", "-f", time, "openssl"] + words,
            home: folder.path)
        guard outcome.status == 0 else { throw RunningIssuer.Failed(outcome) }
    }
}
