// What `make bench` needs from this project's own modules, each a mode of one program:
//
//     BenchmarkDriver store FOLDER COUNT         a store of COUNT tokens, opened by FOLDER/device.key
//     BenchmarkDriver reopen FOLDER TIMES        seconds to open that store, and to make its file anew
//     BenchmarkDriver totp COUNT                 COUNT codes; the last code, then codes a second
//     BenchmarkDriver enrol FOLDER USERS         enrolments a second, in the process, then over HTTP
import Platform

let words = CommandLine.arguments.dropFirst()
switch (words.first, words.dropFirst().last.flatMap { Int($0) }) {
case ("store", let count?) where words.count == 3: try makeStore(in: words[2], count: count)
case ("reopen", let times?) where words.count == 3: try measureStore(in: words[2], times: times)
case ("totp", let count?): try measureCodes(count)
case ("enrol", let users?) where words.count == 3: try measureEnrolments(in: words[2], users: users)
default:
    writeNote(
        "usage: BenchmarkDriver store FOLDER COUNT | reopen FOLDER TIMES | totp COUNT | enrol FOLDER USERS"
    )
    exitNow(2)
}
exitNow(0)
