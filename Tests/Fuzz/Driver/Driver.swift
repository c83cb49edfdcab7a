import FuzzTargets
import Glibc

/// What libFuzzer calls; it has the main function.
///
/// FUZZ_TARGET names the target: the processes that libFuzzer starts inherit it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    do throws(Broken) {
        _ = try target.run(input)
    } catch {
        fatalError("does not hold: \(error)")
    }
    return 0
}

private let target: FuzzTarget = {
    let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
        fatalError("FUZZ_TARGET is none of \(names)")
    }
    return target
}()
