// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Deprecated OpenSSL calls do not even have a declaration here.
let openssl3: [CSetting] = [
    .define("OPENSSL_NO_DEPRECATED"), .define("OPENSSL_API_COMPAT", to: "30000"),
    .define("_GNU_SOURCE"),
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil,
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], path: path, exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "otptoken",
    products: [
        .executable(name: "otptoken", targets: ["otptoken"]),
        .executable(name: "otptoken-issuer", targets: ["otptoken-issuer"]),
    ],
    targets: [
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CShims", dependencies: ["COpenSSL"], cSettings: openssl3),

        module("JSON", ["Cryptography"]),
        module("Cryptography", ["CShims"]),
        module("OATH", ["Cryptography"]),
        module("Enrolment", ["Cryptography", "JSON", "OATH"]),
        module("TokenStore", ["Cryptography", "OATH"]),
        module("ClockCheck", ["Cryptography"]),
        module("Interchange", ["Cryptography", "JSON", "OATH"]),
        module("MailedCodes", []),
        module("Platform", ["Cryptography", "CShims"]),

        module(
            "OTPTokenCommands",
            [
                "Cryptography", "JSON", "OATH", "Enrolment", "TokenStore", "ClockCheck",
                "Interchange", "MailedCodes", "Platform",
            ]),
        module(
            "IssuerService",
            ["Cryptography", "JSON", "OATH", "Enrolment", "TokenStore", "Platform"]),
        program("otptoken", ["OTPTokenCommands"]),
        program("otptoken-issuer", ["IssuerService"]),

        .executableTarget(
            name: "BenchmarkDriver",
            dependencies: [
                "Cryptography", "OATH", "Enrolment", "TokenStore", "Platform", "IssuerService",
            ],
            path: "Tests/Benchmarks/Driver", swiftSettings: strict),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Cryptography", "JSON", "OATH", "Enrolment", "TokenStore", "ClockCheck",
                "Interchange", "MailedCodes", "Platform", "OTPTokenCommands", "IssuerService",
            ],
            path: "Tests/Fuzz/Targets", swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["Cryptography", "OATH", "TokenStore", "Platform"],
            path: "Tests/TestSupport",
            exclude: ["Interposer", "crowd.py", "otpclient.py", "keyring.py", "privacyidea"],
            swiftSettings: strict),
        tests("ArchitectureTests"),
        tests("JSONTests", ["Cryptography", "JSON"]),
        tests("CryptographyTests", ["Cryptography"], exclude: ["aes_siv.py"]),
        tests("OATHTests", ["Cryptography", "OATH"]),
        tests("InterchangeTests", ["Cryptography", "OATH", "Interchange"], exclude: ["Fixtures"]),
        tests(
            "ClockCheckTests", ["Cryptography", "ClockCheck", "Platform"], exclude: ["offset.py"]),
        tests(
            "MailedCodesTests", ["Enrolment", "MailedCodes", "Platform"], exclude: ["mails.py"]),
        tests("EnrolmentTests", ["Cryptography", "JSON", "OATH", "Enrolment"]),
        tests("TokenStoreTests", ["Cryptography", "OATH", "TokenStore"], exclude: ["Fixtures"]),
        tests(
            "IssuerServiceTests",
            ["Cryptography", "OATH", "Enrolment", "Platform", "IssuerService"]),
        tests("PlatformTests", ["Cryptography", "Platform"]),
        tests(
            "InteropTests",
            [
                "Cryptography", "OATH", "Enrolment", "Interchange", "TokenStore", "Platform",
                "IssuerService",
            ]),
        tests("TranscriptTests", ["TokenStore"], exclude: ["Transcripts"]),
        tests("TerminalTests", ["JSON", "TokenStore"]),
        tests(
            "ConsistencyTests",
            ["Cryptography", "TokenStore", "Platform", "OTPTokenCommands", "IssuerService"],
            exclude: [
                "enrol.sh", "press_tab.py", "read_store.py", "store_keys.py", "write_store.py",
            ]),
        tests("FuzzTests", ["FuzzTargets"], path: "Tests/Fuzz/Replay"),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer brings the main function, and can be linked only where its sanitizer is asked for: `make fuzz`.
if Context.environment["OTPTOKEN_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "FuzzDriver", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
