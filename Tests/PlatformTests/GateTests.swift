import Glibc
import Platform
import Synchronization
import Testing

/// A door for a few threads at a time.
struct GateTests {
    private final class Room: Sendable {
        let inside = Atomic(0)
        let most = Atomic(0)
        let turnedAway = Atomic(0)
        let gate = Gate(2, queue: 3)

        func enter() -> Bool {
            let result: Void? = gate.enter {
                let count = inside.wrappingAdd(1, ordering: .relaxed).newValue
                most.max(count, ordering: .relaxed)
                // Nobody leaves before all have come.
                while turnedAway.load(ordering: .relaxed) < 7 { usleep(1000) }
                inside.wrappingSubtract(1, ordering: .relaxed)
            }
            if result == nil { turnedAway.wrappingAdd(1, ordering: .relaxed) }
            return result != nil
        }
    }

    @Test func `lets so many in, has so many wait, and turns the rest away`() {
        let room = Room()
        let outcomes = Platform.Thread.gather(12) { _ in room.enter() }
        #expect(outcomes.count { $0 == true } == 5)
        #expect(room.most.load(ordering: .relaxed) == 2)
        // Whoever comes later finds it empty.
        #expect(room.enter())
    }
}
