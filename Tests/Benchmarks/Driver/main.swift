// What `make bench` needs from this project's own modules, each a mode of one program:
//
//     BenchmarkDriver store FOLDER COUNT         a store of COUNT tokens, opened by FOLDER/device.key
//     BenchmarkDriver reopen FOLDER TIMES        seconds to open that store, and to make its file anew
//     BenchmarkDriver totp COUNT                 COUNT codes; the last code, then codes a second
//     BenchmarkDriver issuer FOLDER COUNT        an issuer with COUNT users who may enrol; a key of it
//     BenchmarkDriver enrol FOLDER CLIENTS USERS enrolments and verifications a second, in the process
//     BenchmarkDriver load URL KEY CLIENTS FIRST COUNT   the same over HTTP, of users from FIRST on
import Platform

let words = CommandLine.arguments.dropFirst()
switch (words.first, words.dropFirst().last.flatMap { Int($0) }) {
case ("store", let count?) where words.count == 3: try makeStore(in: words[2], count: count)
case ("reopen", let times?) where words.count == 3: try measureStore(in: words[2], times: times)
case ("totp", let count?): try measureCodes(count)
case ("issuer", let count?) where words.count == 3:
    try writeResult(makeIssuer(in: words[2], accounts: count) + "\n")
case ("enrol", let users?) where words.count == 4:
    try measureInProcess(in: words[2], clients: Int(words[3]) ?? 1, users: users)
case ("load", let count?) where words.count == 6:
    let (clients, first) = (Int(words[4]) ?? 1, Int(words[5]) ?? 0)
    try measureServer(words[2], key: words[3], clients: clients, users: first..<first + count)
default:
    writeNote(
        "usage: BenchmarkDriver store FOLDER COUNT | reopen FOLDER TIMES | totp COUNT | issuer FOLDER COUNT"
            + " | enrol FOLDER CLIENTS USERS | load URL KEY CLIENTS FIRST COUNT"
    )
    exitNow(2)
}
exitNow(0)
