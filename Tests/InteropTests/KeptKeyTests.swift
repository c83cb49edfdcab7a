import Foundation
import Glibc
import TestSupport
import Testing

/// `passphrase` at a terminal that somebody left with the store unlocked.
@Suite(.enabled(if: Keyring.isAvailable, "this system keeps programs from the keyring"))
struct `The passphrase of an unlocked store` {
    @Test func `is not changed by whoever puts a store of their own in its place for a moment`()
        throws
    {
        let home = try LockedHome()
        try #require(home.runOpen("unlock").status == 0)
        let store = try home.file("otptoken/tokens")
        let other = try LockedHome("battery staple")
        try home.write("theirs", "battery staple")
        try home.replaceStore(other.file("otptoken/tokens"))
        let pipe = home.path + "/pipe"
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let change = try RunningProgram(
            Program.otptoken,
            ["passphrase", "change", "--passphrase-file", "theirs", "--new-passphrase-file", pipe],
            home: home.path)
        // Nobody can open the pipe like this before the program reads it, and that is after it took the passphrase.
        let end = try #require(
            poll { () -> CInt? in
                let end = unsafe open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
                return end >= 0 ? end : nil
            })
        try home.replaceStore(store)
        #expect(unsafe write(end, "chosen by somebody", 18) == 18)
        close(end)
        let outcome = try #require(change.outcome())
        #expect(outcome.status == 4, "\(outcome)")
        #expect(try home.file("otptoken/tokens") == store)
        #expect(try home.runOpen("show").status == 0)
    }
}
