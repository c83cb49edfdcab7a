import Foundation
import Glibc

/// What suites share lives until the tests end; then nobody else would clear it away.
enum Leftovers {
    private final class List: @unchecked Sendable {
        private let lock = NSLock()
        private var processes: Set<pid_t> = []
        private var folders: Set<String> = []

        init() { atexit { Leftovers.list.clear() } }

        func add(_ process: pid_t) { lock.withLock { _ = processes.insert(process) } }
        func add(_ folder: String) { lock.withLock { _ = folders.insert(folder) } }
        func remove(_ process: pid_t) { lock.withLock { _ = processes.remove(process) } }
        func remove(_ folder: String) { lock.withLock { _ = folders.remove(folder) } }

        func clear() {
            lock.withLock {
                for process in processes { kill(-process, SIGKILL) }
                for folder in folders { try? FileManager.default.removeItem(atPath: folder) }
            }
        }
    }

    private static let list = List()

    static func add(process: pid_t) { list.add(process) }
    static func add(folder: String) { list.add(folder) }
    static func remove(process: pid_t) { list.remove(process) }
    static func remove(folder: String) { list.remove(folder) }
}
