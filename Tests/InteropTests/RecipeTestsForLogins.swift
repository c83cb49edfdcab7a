import Foundation
import TestSupport
import Testing

private let needsOwnMachine: Comment = "only root can have a network and files of /etc of its own"

extension OwnMachine {
    /// One with a real sshd, which asks `me` for a password and then for a code.
    fileprivate static func withSSH(seed: String = OwnMachine.seed) throws -> OwnMachine {
        try OwnMachine(
            seed: seed,
            files: [
                "pam": """
                auth required pam_unix.so
                auth required pam_oath.so usersfile=/run/users.oath window=5 digits=8
                account required pam_permit.so
                session required pam_permit.so

                """,
                "sshd_config": """
                HostKey /run/hostkey
                UsePAM yes
                AuthenticationMethods keyboard-interactive
                MaxAuthTries 1
                PrintMotd no
                PrintLastLog no
                PidFile none

                """,
            ],
            setup: """
                cp users.oath /run/users.oath
                mount --bind pam /etc/pam.d/sshd
                mkdir /run/sshd
                ssh-keygen -q -t ed25519 -N '' -f /run/hostkey
                /usr/sbin/sshd -f sshd_config
                until ss -Hltn sport = :22 | grep -q .; do sleep 0.02; done
                """)
    }

    /// One with a real VPN server and a password store.
    ///
    /// - Parameters:
    ///   - seed: of the token.
    ///   - authentication: ocserv's word for what it asks for.
    /// - Returns: the machine, when the server listens.
    /// - Throws: when it is not ready in time.
    fileprivate static func withVPN(
        seed: String = OwnMachine.seed, authentication: String
    ) throws -> OwnMachine {
        let certificates = try certificates.get()
        let contents = { (name: String) in
            try String(contentsOfFile: certificates.path(name), encoding: .utf8)
        }
        return try OwnMachine(
            seed: seed,
            files: [
                "ca.pem": try contents("ca.pem"), "vpn.pem": try contents("vpn.pem"),
                "vpn.key": try contents("vpn.key"),
                // What pam_oath finds before the code is the password.
                "pam": """
                auth required pam_oath.so usersfile=/run/users.oath window=5 digits=8
                auth required pam_unix.so use_first_pass
                account required pam_permit.so
                session required pam_permit.so

                """,
                "ocserv.conf": """
                auth = "\(authentication)"
                tcp-port = 443
                run-as-user = root
                run-as-group = root
                socket-file = /run/ocserv.socket
                server-cert = vpn.pem
                server-key = vpn.key
                isolate-workers = false
                device = vpns
                ipv4-network = 192.168.99.0/24
                route = 192.168.99.0/255.255.255.0

                """,
            ],
            setup: """
                cp users.oath /run/users.oath
                mount --bind pam /etc/pam.d/ocserv
                mount -t tmpfs none /etc/ssl/certs
                cp ca.pem /etc/ssl/certs/ca-certificates.crt
                printf '\(password)\\n\(password)\\n' | ocpasswd -c /run/ocpasswd me
                { \(RecipeBook.passwordStore)
                } >pass.log
                printf '\(password)\\nand a note\\n' | pass insert -m vpn.example.com >>pass.log
                ocserv -f -c ocserv.conf >ocserv.log 2>&1 &
                until ss -Hltn sport = :443 | grep -q .; do sleep 0.02; done
                """)
    }

    /// Runs a recipe in the terminal.
    fileprivate func follow(_ recipe: String) throws {
        try write(recipe, "recipe")
        try terminal.type("clear; sh recipe; echo left with $?")
    }

    /// Answers what a code is no answer to.
    fileprivate func introduceOneself() throws {
        try terminal.wait { $0.contains("continue connecting (yes/no/[fingerprint])?") }
        try terminal.type("yes")
        try terminal.wait { $0.contains("(me@server.example.com) Password:") }
        try terminal.type(Self.password)
    }

    /// Sees a shell on the server, and leaves it.
    fileprivate func expectLogin() throws {
        try terminal.wait { $0.contains(#/\n\$ *\n/#) }
        try terminal.type(#"echo "I am $LOGNAME, at ${SSH_CONNECTION##* }"; exit"#)
        let screen = try terminal.wait { $0.contains("left with 0") }
        #expect(screen.contains("\nI am me, at 22\n"), "\(screen)")
        #expect(!screen.contains(Self.password))
    }

    fileprivate func expectRefusal() throws {
        let screen = try terminal.wait { $0.contains("left with 255") }
        #expect(screen.contains("Too many authentication failures"), "\(screen)")
    }
}

/// Made when first asked for, once a run.
private let certificates = Result {
    let certificates = try Certificates()
    try certificates.issue("vpn", for: "DNS:vpn.example.com")
    return certificates
}

/// Of a token that the servers do not know.
private let otherSeed = "09876543210987654321"

@Suite(
    .enabled(if: OwnMachine.isAvailable, needsOwnMachine),
    .enabled(
        if: OwnMachine.hasOATH && areInstalled("sshd", "ssh", "expect"),
        "Debian's openssh-server, libpam-oath and expect are needed"))
struct `A recipe for ssh` {
    /// Saves the script that answers.
    private func saveScript(_ machine: OwnMachine) throws {
        try machine.write(
            RecipeBook.blocks("ssh")[0], "bin/otptoken-askpass", isProgram: true)
    }

    @Test func `answers the question for the code, and leaves others to the person`() throws {
        let machine = try OwnMachine.withSSH()
        try saveScript(machine)
        try machine.follow(RecipeBook.blocks("ssh")[1])
        try machine.introduceOneself()
        try machine.expectLogin()
    }

    @Test func `does not log in with the code of another token`() throws {
        let machine = try OwnMachine.withSSH(seed: otherSeed)
        try saveScript(machine)
        try machine.follow(RecipeBook.blocks("ssh")[1])
        try machine.introduceOneself()
        try machine.expectRefusal()
    }

    @Test func `gives no code to another server, and the terminal back as it was`() throws {
        let machine = try OwnMachine(seed: OwnMachine.seed, files: [:], setup: "")
        try saveScript(machine)
        let terminal = machine.terminal
        try terminal.type(
            "a=$(bin/otptoken-askpass '(me@other.example.com) One-time password:'); echo got $a")
        try terminal.wait { $0.contains("\n(me@other.example.com) One-time password:") }
        try terminal.type("an answer")
        let answered = try terminal.wait { $0.contains("\ngot an answer\n") }
        #expect(!answered.contains("password:an answer"), "\(answered)")
        try terminal.type("clear; bin/otptoken-askpass Password:")
        try terminal.wait { $0.contains(#/^Password:|\nPassword:/#) }
        try terminal.press("C-c")
        try terminal.wait { $0.contains(#/assword:\n+% *\n/#) }
        try terminal.type("stty -a")
        let screen = try terminal.wait { $0.contains("echoctl") }
        #expect(screen.contains(" echo "), "\(screen)")
    }

    @Test(arguments: [OwnMachine.seed, otherSeed])
    func `lets expect type the code`(seed: String) throws {
        let machine = try OwnMachine.withSSH(seed: seed)
        try machine.write(RecipeBook.blocks("ssh")[2], "login", isProgram: true)
        try machine.terminal.type("clear; ./login; echo left with $?")
        try machine.introduceOneself()
        if seed == OwnMachine.seed {
            try machine.expectLogin()
        } else {
            let screen = try machine.terminal.wait { $0.contains("left with ") }
            #expect(screen.contains("Too many authentication failures"), "\(screen)")
        }
    }
}

@Suite(
    .enabled(if: OwnMachine.isAvailable, needsOwnMachine),
    .enabled(
        if: OwnMachine.hasOATH && areInstalled("ocserv", "openconnect", "sudo", "pass"),
        "Debian's ocserv, openconnect, libpam-oath, sudo and pass are needed"),
    .enabled(if: OwnMachine.hasTunnels, "there is no /dev/net/tun")
)
struct `A recipe for a VPN` {
    private static let servers = [
        ("openconnect", "plain[passwd=/run/ocpasswd,otp=/run/users.oath]"), ("pass", "pam"),
    ]

    @Test(arguments: servers)
    func `connects with a password and a code`(title: String, authentication: String) throws {
        let machine = try OwnMachine.withVPN(authentication: authentication)
        let blocks = try RecipeBook.blocks(title)
        try machine.follow(blocks[0])
        let screen = try machine.terminal.wait { $0.contains("Configured as 192.168.99.") }
        #expect(!screen.contains(OwnMachine.password), "\(screen)")
    }

    @Test(arguments: servers)
    func `does not connect with the code of another token`(
        title: String, authentication: String
    ) throws {
        let machine = try OwnMachine.withVPN(seed: otherSeed, authentication: authentication)
        let blocks = try RecipeBook.blocks(title)
        try machine.follow(blocks[0])
        let screen = try machine.terminal.wait { $0.contains("left with ") }
        #expect(screen.contains("Failed to complete authentication"), "\(screen)")
        #expect(!screen.contains("Configured as"), "\(screen)")
    }
}
