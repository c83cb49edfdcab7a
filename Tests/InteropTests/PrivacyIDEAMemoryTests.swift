import Cryptography
import Foundation
import OATH
import TestSupport
import Testing
import TokenStore

/// What is left in the memory of a program that has enrolled at privacyIDEA; read from outside, as a debugger would.
@Suite(privacyIDEAIsNeeded) struct `The memory of an enrolment at privacyIDEA` {
    /// Enrols in a terminal, so that the program lives on behind it, with TLS or without.
    private func enrol(_ desk: PrivacyIDEADesk, at url: String, _ more: String = "") throws -> (
        Tmux, String
    ) {
        let password = try desk.newCode()
        var interposer = Interposer()
        interposer.makesReadable = true
        let variables = try interposer.environment().map { "\($0)='\($1)'" }.joined(separator: " ")
        let shell = #"sh -c 'echo $$ > process; exec env "$@"' sh"#
        let terminal = try Tmux(home: desk.person.folder, columns: 140)
        try terminal.type(
            "\(shell) \(variables) otptoken init --backend privacyidea --server \(url)"
                + " --service-id \(desk.realm) --user-id \(desk.user) \(more)")
        try terminal.wait { $0.contains("Start password") }
        try terminal.type(password)
        return (terminal, password)
    }

    @Test func `holds neither login nor password nor the seed as it came once it shows codes`()
        throws
    {
        let desk = try PrivacyIDEADesk()
        let (terminal, password) = try enrol(desk, at: desk.relay.url)
        try terminal.wait { $0.contains("Enter when it is confirmed") }
        let number = try String(contentsOfFile: desk.person.home + "/process", encoding: .utf8)
        let memory = try ProcessMemory(stopping: #require(pid_t(number.dropLast())))
        let token = try desk.person.tokens()[0]
        // What it works with is there, or this search finds nothing at all.
        let isSearched =
            memory.holds(Array(desk.user.utf8)) && memory.holds(token.seed.value.exposed)
        #expect(isSearched)
        let said = desk.relay.said
        let login = try #require(said[0].answer.firstMatch(of: #/"token":\s*"([^"]+)"/#)?.1)
        // Its head is the same everywhere, and the rest tells who it is.
        let parts = login.split(separator: ".")
        for (name, secret) in [
            ("signature", Array(parts[2].utf8)), ("login", Array(parts[1].utf8)),
            ("password", Array("\"\(password)\"".utf8)),
        ] {
            let isThere = memory.holdsAPiece(of: secret, step: name == "password" ? 1 : 8)
            #expect(!isThere, "\(name)")
        }
        var text = SecretBuffer()
        Base32.append(token.seed.value, to: &text)
        Hex.append(token.seed.value, to: &text)
        let isThere = memory.holdsAPiece(of: text.finish().exposed, step: 8)
        #expect(!isThere)
    }
}
