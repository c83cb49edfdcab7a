import Testing

/// What keeps the house in order where the compiler does not.
@Suite struct ArchitectureTests {
    private let swift: [SourceFile]
    private let all: [SourceFile]

    init() throws {
        swift = try SourceFile.all(".swift")
        all = try swift + SourceFile.all(".c") + SourceFile.all(".h")
        // A wrong folder would let every rule pass.
        try #require(Set(swift.map(\.module)).isSuperset(of: ["Cryptography", "otptoken"]))
    }

    /// The modules of the domain: no file, socket, clock, environment or C library in them.
    private static let domain: Set = [
        "JSON", "Cryptography", "OATH", "Enrolment", "TokenStore", "ClockCheck", "Interchange",
        "MailedCodes",
    ]

    /// What each module may import of the others.
    private static let below: [String: Set<String>] = {
        let domain = Self.domain
        var below: [String: Set<String>] = [
            "JSON": ["Cryptography"], "Cryptography": ["CShims"], "OATH": ["Cryptography"],
            "ClockCheck": ["Cryptography"],
            "Platform": ["Cryptography", "CShims"],
            "OTPTokenCommands": domain.union(["Platform"]),
            "IssuerService": domain.union(["Platform"]),
            "otptoken": ["OTPTokenCommands"], "otptoken-issuer": ["IssuerService"],
        ]
        for module in domain where below[module] == nil {
            below[module] = ["JSON", "Cryptography", "OATH"]
        }
        return below
    }()

    private static let own = Set(below.keys).union(["CShims", "COpenSSL"])
    private static let system: Set = [
        "Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationXML",
        "FoundationInternationalization", "Glibc", "Musl", "Darwin", "Dispatch", "Synchronization",
        "Swift", "_Concurrency", "_StringProcessing", "RegexBuilder", "Observation", "Distributed",
    ]

    @Test func `imports point down only`() {
        for file in swift {
            guard let below = Self.below[file.module] else {
                Issue.record("\(file) is in no module that has a place in the house")
                continue
            }
            let upward = file.imports.intersection(Self.own).subtracting(below)
            #expect(upward.isEmpty, "\(file)")
        }
    }

    @Test func `nothing is imported that is not ours or the toolchain's`() {
        for file in swift {
            #expect(file.imports.isSubset(of: Self.own.union(Self.system)), "\(file)")
        }
    }

    @Test func `the domain is pure`() {
        for file in swift where Self.domain.contains(file.module) {
            #expect(file.imports.isDisjoint(with: Self.system), "\(file)")
        }
    }

    @Test func `no Foundation is linked: its relocations cost a tenth of the start of show`() {
        for file in swift {
            #expect(!file.imports.contains { $0.hasPrefix("Foundation") }, "\(file)")
        }
    }

    @Test func `the domain asks no clock, no environment, no file and no generator`() {
        let types = [
            "Date", "Calendar", "TimeZone", "Locale", "ContinuousClock", "SuspendingClock", "Clock",
            "ProcessInfo", "CommandLine", "FileManager", "FileHandle", "URL", "URLSession",
            "Bundle",
            "UUID", "SystemRandomNumberGenerator", "Task", "Thread", "DispatchQueue",
        ]
        let calls = [
            "getenv", "secure_getenv", "setenv", "clock_gettime", "gettimeofday",
            "getrandom",
            "arc4random", ".random(", ".randomElement", ".shuffled", ".shuffle(", "open(2)",
            "readLine(",
            "print(", "debugPrint(", "dump(", "Data(contentsOf", "String(contentsOf",
            "contentsOfFile",
            ".write(to", ".now", "Process(", "socket(",
        ]
        for file in swift where Self.domain.contains(file.module) {
            #expect(file.lines(with: types).isEmpty)
            #expect(file.lines(containing: calls).isEmpty)
            // `time` is a good name for a parameter and a bad one for a call.
            #expect(file.lines(containing: ["= time(", "(time(", " time(nil"]).isEmpty)
        }
        // The one place that draws: what the others are given as a parameter.
        let drawing = swift.filter { !$0.lines(containing: ["shim_random"]).isEmpty }
        #expect(drawing.allSatisfy { ["Cryptography", "Platform"].contains($0.module) })
        #expect(drawing.contains { $0.path == "Cryptography/SecretBytes.swift" })
    }

    @Test func `unsafe code lives in Cryptography and Platform`() {
        for file in swift where !["Cryptography", "Platform"].contains(file.module) {
            let unsafe = file.lines(containing: ["unsafe", "Unsafe", "OpaquePointer"])
            #expect(unsafe.isEmpty)
        }
    }

    @Test func `C lives in the shim`() {
        for file in all where !file.path.hasSuffix(".swift") {
            #expect(["CShims", "COpenSSL"].contains(file.module), "\(file)")
        }
    }

    @Test func `no file has more than 400 lines`() {
        for file in all { #expect(file.lineCount <= 400, "\(file)") }
    }

    @Test func `a program is at most 20 lines`() {
        let programs = swift.filter { $0.path.hasSuffix("/main.swift") }
        #expect(programs.count == 2)
        for file in programs { #expect(file.lineCount <= 20, "\(file)") }
    }
}

/// The rules above are only as good as what they see.
@Suite struct SourceFileTests {
    private let file = SourceFile(
        path: "OATH/A.swift",
        text: """
            package import Cryptography
            internal import struct Foundation.Date // import Glibc
            @testable import  Dispatch
            let text = "unsafe \\" Unsafe" + unsafe(1)  // OpaquePointer
            let unsafely = Updates()
            let seen = "text \\(unsafe f("x)") + (1)) unsafe" + "//" + unsafe // unsafe
            let several = \"""
                unsafe // Date
                \"""
            let after = unsafe 1
            """)

    @Test func `imports are seen in every form`() {
        #expect(file.imports == ["Cryptography", "Foundation", "Dispatch"])
        #expect(file.module == "OATH" && file.lineCount == 10)
    }

    @Test func `code is seen, comments and texts are not`() {
        #expect(file.lines(containing: ["OpaquePointer", "Unsafe", "Glibc"]).isEmpty)
        #expect(file.code[5] == "let seen = \"(unsafe f(\"\") + (1))\" + \"\" + unsafe ")
        #expect(file.lines(containing: ["unsafe"]).count == 4)
        #expect(file.lines(with: ["unsafe"]).count == 3)
        #expect(file.lines(with: ["Date", "Updates"]).count == 2)
        #expect(file.lines(with: ["date", "Update"]).isEmpty)
    }
}
