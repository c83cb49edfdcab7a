/// How many clients there is room for.
package struct Capacity: Sendable {
    /// The number of clients.
    package var guests: Int
    /// The number of clients from one address.
    package var alike: Int
    /// The memory of those who wait, in bytes, about.
    package var memory: Int

    package init(guests: Int, alike: Int, memory: Int) {
        self.guests = guests
        self.alike = alike
        self.memory = memory
    }

    /// 16,384 clients, 1024 from an address, and 256 MiB.
    package static let usual = Capacity(guests: 16_384, alike: 1024, memory: 256 << 20)
}

/// The clients of a server, in the order of their arrival, and who has to go when there are too many.
///
/// A guest is known by its number. One that is being served is let alone; any other may be shown out, the one that has
/// been there longest first.
package struct WaitingRoom<Guest> {
    private struct Entry {
        let guest: Guest
        let address: String?
        let deadline: Deadline
        var memory = 0
        var isServed = false
    }

    /// Guests from one address.
    private struct Group {
        var count = 0
        /// Nobody of them has a lower number.
        var first: Int
    }

    private let capacity: Capacity
    private var entries: [Int: Entry] = [:]
    private var groups: [String: Group] = [:]
    /// The numbers that are given; none below the first is here.
    private var numbers = 1..<1
    private var memory = 0

    package init(_ capacity: Capacity) { self.capacity = capacity }

    /// How many there are.
    package var count: Int { entries.count }

    /// The numbers of all, the oldest first.
    package var all: [Int] { entries.keys.sorted() }

    /// Takes in a guest.
    ///
    /// - Parameters:
    ///   - guest: the guest, who waits.
    ///   - address: what it shares with guests who are counted together; nil when it is not counted so.
    ///   - deadline: when it has to go; not before that of any other.
    /// - Returns: its number, and who had to go for it.
    package mutating func admit(
        _ guest: Guest, from address: String?, until deadline: Deadline
    ) -> (number: Int, surplus: Guest?) {
        var surplus: Guest?
        if let address, let group = groups[address], group.count >= capacity.alike {
            surplus = showOut(from: address)
        } else if entries.count >= capacity.guests {
            surplus = showOut()
        }
        let number = numbers.upperBound
        numbers = numbers.lowerBound..<number + 1
        entries[number] = Entry(guest: guest, address: address, deadline: deadline)
        if let address { groups[address, default: Group(first: number)].count += 1 }
        return (number, surplus)
    }

    /// Begins to serve a guest.
    ///
    /// - Returns: nil when it is not here any more, or served by somebody else.
    package mutating func take(_ number: Int) -> Guest? {
        guard let entry = entries[number], !entry.isServed else { return nil }
        entries[number]?.isServed = true
        return entry.guest
    }

    /// Lets a guest wait again.
    ///
    /// - Parameters:
    ///   - number: a guest who is being served.
    ///   - memory: what it takes while it waits, in bytes.
    /// - Returns: who has to go for it.
    package mutating func putBack(_ number: Int, memory: Int) -> [Guest] {
        self.memory += memory - (entries[number]?.memory ?? 0)
        entries[number]?.memory = memory
        entries[number]?.isServed = false
        var surplus: [Guest] = []
        while self.memory > capacity.memory, let guest = showOut() { surplus.append(guest) }
        return surplus
    }

    /// Forgets a guest.
    package mutating func remove(_ number: Int) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        memory -= entry.memory
        guard let address = entry.address else { return }
        groups[address]?.count -= 1
        if groups[address]?.count == 0 { groups[address] = nil }
    }

    /// Makes the guest go who has waited longest, if anybody waits.
    ///
    /// - Parameter address: whose guest it has to be; anybody's by default.
    /// - Returns: the guest, who is forgotten.
    package mutating func showOut(from address: String? = nil) -> Guest? {
        skip(from: address)
        let first = address.flatMap { groups[$0]?.first } ?? numbers.lowerBound
        for number in first..<numbers.upperBound {
            guard let entry = entries[number], !entry.isServed,
                address == nil || entry.address == address
            else { continue }
            remove(number)
            return entry.guest
        }
        return nil
    }

    /// Makes those go whose deadline has come.
    ///
    /// - Returns: these, and in how many milliseconds the next one will; -1 when there is nobody.
    package mutating func showOutLate() -> (late: [Guest], next: Int) {
        var late: [Guest] = []
        skip()
        for number in numbers {
            guard let entry = entries[number] else { continue }
            let remaining = entry.deadline.remaining
            if remaining > 0 { return (late, remaining) }
            // Whoever serves it sees to that.
            if entry.isServed { continue }
            late.append(entry.guest)
            remove(number)
        }
        return (late, -1)
    }

    /// Whether there is a guest who is being served, or of whom this is true.
    package func contains(servedOr isTrue: (Guest) -> Bool) -> Bool {
        entries.values.contains { $0.isServed || isTrue($0.guest) }
    }

    /// Moves the lowest numbers up to guests who are still here, so that each number is passed over once.
    private mutating func skip(from address: String? = nil) {
        while let first = numbers.first, entries[first] == nil { numbers.removeFirst() }
        guard let address, var group = groups[address] else { return }
        group.first = max(group.first, numbers.lowerBound)
        while group.first < numbers.upperBound, entries[group.first]?.address != address {
            group.first += 1
        }
        groups[address] = group
    }
}
