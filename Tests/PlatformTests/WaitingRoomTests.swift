import Platform
import Testing

@Suite struct `A waiting room` {
    private static let ample = Capacity(guests: 1000, alike: 1000, memory: 1000)
    private let later = Deadline(seconds: 1000)
    private let past = Deadline(milliseconds: 0)

    @Test func `is left by the oldest when it is full`() {
        var room = WaitingRoom<String>(Capacity(guests: 2, alike: 10, memory: 1000))
        #expect(room.admit("a", from: nil, until: later) == (1, nil))
        #expect(room.admit("b", from: "x", until: later) == (2, nil))
        #expect(room.admit("c", from: "x", until: later) == (3, "a"))
        #expect(room.admit("d", from: nil, until: later) == (4, "b"))
        #expect(room.take(1) == nil && room.take(2) == nil && room.take(3) == "c")
        #expect(room.count == 2)
    }

    @Test func `of one address the oldest leaves, and nobody else`() {
        var room = WaitingRoom<String>(Capacity(guests: 5, alike: 2, memory: 1000))
        _ = room.admit("other", from: "y", until: later)
        for name in ["a", "b"] { #expect(room.admit(name, from: "x", until: later).surplus == nil) }
        #expect(room.admit("c", from: "x", until: later).surplus == "a")
        #expect(room.admit("other", from: "y", until: later).surplus == nil)
        #expect(room.admit("d", from: "x", until: later).surplus == "b")
        // Whoever leaves by itself makes room, too.
        room.remove(4)
        #expect(room.admit("e", from: "x", until: later).surplus == nil)
        #expect(room.admit("f", from: "x", until: later).surplus == "d")
        // Those without an address are not counted with each other.
        #expect(room.admit("g", from: nil, until: later).surplus == nil)
        #expect(room.admit("h", from: nil, until: later).surplus == "other")
    }

    @Test func `whoever is served stays, and is served by one`() {
        var room = WaitingRoom<String>(Capacity(guests: 2, alike: 2, memory: 1000))
        for name in ["a", "b"] { _ = room.admit(name, from: "x", until: later) }
        #expect(room.take(1) == "a")
        #expect(room.take(1) == nil)
        #expect(room.admit("c", from: "x", until: later).surplus == "b")
        #expect(room.take(3) == "c")
        #expect(room.admit("d", from: "x", until: later).surplus == nil)
        #expect(room.putBack(1, memory: 0).isEmpty)
        #expect(room.admit("e", from: "x", until: later).surplus == "a")
    }

    @Test func `who takes much memory makes the oldest leave`() {
        var room = WaitingRoom<String>(Self.ample)
        for name in ["a", "b", "c"] { _ = room.admit(name, from: nil, until: later) }
        for number in 1...3 { _ = room.take(number) }
        #expect(room.putBack(1, memory: 500).isEmpty)
        #expect(room.putBack(2, memory: 500).isEmpty)
        #expect(room.take(2) == "b")
        // What one holds counts once, however often it comes back.
        #expect(room.putBack(2, memory: 400).isEmpty)
        #expect(room.putBack(3, memory: 700) == ["a", "b"])
        room.remove(3)
        _ = room.admit("d", from: nil, until: later)
        _ = room.take(4)
        #expect(room.putBack(4, memory: 1000).isEmpty)
        _ = room.take(4)
        #expect(room.putBack(4, memory: 1001) == ["d"])
    }

    @Test func `whose time is over has to leave`() {
        var room = WaitingRoom<String>(Self.ample)
        #expect(room.showOutLate() == ([], -1))
        for name in ["a", "b", "c"] { _ = room.admit(name, from: "x", until: past) }
        _ = room.admit("d", from: "x", until: later)
        _ = room.take(2)
        let (late, next) = room.showOutLate()
        #expect(late == ["a", "c"])
        #expect((900_000...1_000_000).contains(next))
        #expect(room.all == [2, 4])
        // One that is served is not waited for.
        room.remove(4)
        #expect(room.showOutLate() == ([], -1))
        #expect(room.putBack(2, memory: 0).isEmpty)
        #expect(room.showOutLate() == (["b"], -1))
    }

    @Test func `knows who is served`() {
        var room = WaitingRoom<String>(Self.ample)
        for name in ["a", "b"] { _ = room.admit(name, from: nil, until: later) }
        #expect(!room.contains { $0 == "c" })
        #expect(room.contains { $0 == "b" })
        _ = room.take(1)
        #expect(room.contains { $0 == "c" })
    }

    @Test func `thousands come and go, and the oldest are always those who leave`() {
        var room = WaitingRoom<Int>(Capacity(guests: 100, alike: 30, memory: 1000))
        var dice = Dice(state: 5)
        var model: [(guest: Int, address: Int)] = []
        for guest in 1...20_000 {
            let address = Int.random(in: 0..<6, using: &dice)
            var expected: Int?
            if model.count(where: { $0.address == address }) == 30 {
                expected = model.firstIndex { $0.address == address }
            } else if model.count == 100 {
                expected = 0
            }
            let gone = expected.map { model.remove(at: $0).guest }
            let (number, surplus) = room.admit(guest, from: "\(address)", until: later)
            #expect(number == guest && surplus == gone)
            model.append((guest, address))
            if Int.random(in: 0..<3, using: &dice) == 0,
                let left = model.indices.randomElement(using: &dice)
            {
                room.remove(model.remove(at: left).guest)
            }
        }
        #expect(room.all == model.map(\.guest))
    }
}
