import Foundation
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct `TLS` {
    /// Made once for all tests of the suite.
    private static let certificates = Result { () throws -> Certificates in
        let certificates = try Certificates()
        try certificates.issue("good", for: "DNS:localhost,IP:127.0.0.1")
        try certificates.issue("name", for: "DNS:localhost")
        try certificates.issue("other", for: "DNS:token.example,DNS:*.localhost,IP:127.0.0.2")
        try certificates.issue("nameless", for: "")
        try certificates.issue("past", for: "DNS:localhost", at: "-10d")
        try certificates.issue("future", for: "DNS:localhost", at: "+10d")
        return certificates
    }

    let certificates: Certificates

    init() throws { certificates = try Self.certificates.get() }

    private func server(_ name: String) throws -> UInt16 {
        try serve(
            TLSContext(
                showing: certificates.path("\(name).pem"), key: certificates.path("\(name).key")))
    }

    private func failure(_ url: String, caFile: String?) -> NetworkError? {
        do {
            _ = try post(url, caFile: caFile)
            return nil
        } catch {
            return error as? NetworkError
        }
    }

    private func verdict(_ url: String, caFile: String?) -> String {
        switch failure(url, caFile: caFile) {
        case nil: "taken"
        case .certificate(let reason), .certificateDate(let reason): reason
        case let other?: "\(other)"
        }
    }

    @Test func `a good chain and name`() throws {
        let port = try server("good")
        let answer = try post("https://localhost:\(port)", caFile: certificates.authority)
        #expect(answer.status == 200)
        #expect(answer.body == [1, 2, 3])
    }

    @Test func `a body of 64 KiB in both directions`() throws {
        let body = (0..<65536).map { UInt8(truncatingIfNeeded: $0 >> 3) }
        let port = try server("good")
        #expect(
            try post("https://localhost:\(port)", body, caFile: certificates.authority).body == body
        )
    }

    @Test(arguments: [
        ("good", "127.0.0.1", "taken"), ("name", "localhost", "taken"),
        ("name", "127.0.0.1", "IP address mismatch"),
        ("other", "localhost", "hostname mismatch"), ("other", "127.0.0.1", "IP address mismatch"),
        // Its subject is CN=localhost, which has not counted as a name for a long time.
        ("nameless", "localhost", "hostname mismatch"),
        ("past", "localhost", "certificate has expired"),
        ("future", "localhost", "certificate is not yet valid"),
    ]) func `a certificate for another name or time is refused`(
        name: String, host: String, expected: String
    ) throws {
        let port = try server(name)
        #expect(verdict("https://\(host):\(port)", caFile: certificates.authority) == expected)
    }

    @Test func `an unknown authority is refused, and so is the system's choice`() throws {
        let port = try server("good")
        let stranger = try Certificates()
        // The stranger has the same name and another key.
        for file in [stranger.authority, nil] {
            #expect(
                verdict("https://localhost:\(port)", caFile: file)
                    == "unable to get local issuer certificate")
        }
    }

    @Test func `files that are no certificates`() throws {
        let port = try server("good")
        for file in ["none.pem", "good.key", "good.ext"] {
            let path = certificates.path(file)
            #expect(
                failure("https://localhost:\(port)", caFile: path) == .certificateFile(path))
            #expect(throws: NetworkError.self) {
                try TLSContext(showing: path, key: certificates.path("good.key"))
            }
        }
        #expect(throws: NetworkError.self, "another's key") {
            try TLSContext(
                showing: certificates.path("good.pem"), key: certificates.path("name.key"))
        }
    }

    /// The `openssl` program as a server, which answers as it is told.
    private func openssl(_ options: String, sending answer: String = "") throws -> (
        RunningProgram, UInt16
    ) {
        let port = try ScriptedServer.deadPort()
        let script =
            "{ sleep 1; printf '\(answer)'; sleep 8; } | exec openssl s_server -accept 127.0.0.1:\(port)"
            + " -cert good.pem -key good.key \(options)"
        let program = try RunningProgram(
            "/bin/sh", ["-c", script], home: certificates.folder.path)
        let accepts = poll { program.output.contains("ACCEPT") ? true : nil }
        #expect(accepts == true, "\(program.errors)")
        return (program, port)
    }

    @Test func `TLS 1_1 is refused, 1_2 is taken`() throws {
        let (old, oldPort) = try openssl("-tls1_1 -cipher DEFAULT@SECLEVEL=0")
        guard case .tls = failure("https://localhost:\(oldPort)", caFile: certificates.authority)
        else {
            Issue.record(
                "\(verdict("https://localhost:\(oldPort)", caFile: certificates.authority))")
            return
        }
        old.signal(SIGKILL)
        let (new, newPort) = try openssl("-tls1_2", sending: "HTTP/1.1 204 OK\\r\\n\\r\\n")
        #expect(
            try post("https://localhost:\(newPort)", caFile: certificates.authority).status == 204)
        new.signal(SIGKILL)
    }

    @Test func `plain HTTP where TLS should be`() throws {
        let port = try serve()
        guard case .tls = failure("https://localhost:\(port)", caFile: certificates.authority)
        else {
            Issue.record("taken")
            return
        }
    }

    @Test func `what breaks after the handshake may have arrived before`() throws {
        // Of TLS 1.3 the client is through before the server sees that there is no certificate of the client's.
        let (server, port) = try openssl("-tls1_3 -Verify 1 -verify_return_error")
        let failure = failure("https://localhost:\(port)", caFile: certificates.authority)
        guard case .broken(let reason) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(reason.contains("certificate required"), "\(reason)")
        #expect(failure?.mayHaveArrived == true)
        #expect(!NetworkError.tls("").mayHaveArrived)
        server.signal(SIGKILL)
    }

    @Test func `an end without close_notify is no end`() throws {
        // The body goes on until the connection ends: whoever cuts it must not pass for the server.
        let (server, port) = try openssl(
            "-naccept 1", sending: "HTTP/1.1 200 OK\\r\\n\\r\\nhalf")
        let stopper = server.processID
        try Platform.Thread.start {
            usleep(2_500_000)
            kill(-stopper, SIGKILL)
        }
        #expect(
            failure("https://localhost:\(port)", caFile: certificates.authority)
                == .http(.cutShort))
    }
}
