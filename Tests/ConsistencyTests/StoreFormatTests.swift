import TestSupport
import Testing

/// A reader that was written after otptoken-store(5), with other means, reads what the programs write.
struct StoreFormatTests {
    @Test func `a program that follows the manual page reads the store`() throws {
        let enrolled = try Enrolled(["Example Bank", "銀行 一", "Work: home"])
        let store = enrolled.home.path + "/otptoken"
        for time in ["0", "59", "1767225600"] {
            let outcome = try Program.run(
                Enrolled.python,
                [
                    Enrolled.folder + "/read_store.py", store + "/tokens", store + "/device.key",
                    time,
                ],
                home: enrolled.home.path)
            #expect(outcome.status == 0, Enrolled.needsPython)
            #expect(outcome.errors == "")
            #expect(try outcome.output == enrolled.otptoken("show", "--all", "--at", time))
            #expect(outcome.output.split(separator: "\n").count == 3)
        }
    }

    @Test(arguments: ["tokens", "device.key"])
    func `it refuses a store that was changed`(name: String) throws {
        let enrolled = try Enrolled(["Example Bank"])
        let store = enrolled.home.path + "/otptoken"
        // The last byte, counted up by one.
        let change =
            #"f = open(__import__("sys").argv[1], "r+b"); b = bytearray(f.read()); "#
            + "b[-1] = (b[-1] + 1) % 256; f.seek(0); f.write(b)"
        _ = try Program.run(
            Enrolled.python, ["-c", change, "\(store)/\(name)"], home: enrolled.home.path)
        let outcome = try Program.run(
            Enrolled.python,
            [Enrolled.folder + "/read_store.py", store + "/tokens", store + "/device.key", "0"],
            home: enrolled.home.path)
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(name == "tokens" ? "the body" : "no slot"))
    }
}
