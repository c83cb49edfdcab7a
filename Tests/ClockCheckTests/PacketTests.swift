import ClockCheck
import TestSupport
import Testing

@Suite struct PacketTests {
    @Test func `a request tells nothing but its nonce`() {
        #expect(
            NTPPacket.request(nonce: 0x0123_4567_89AB_CDEF)
                == [0x23] + bytes(0, 39) + hex("0123456789abcdef"))
    }

    @Test func `every field is read from its place`() throws {
        let reply = hex(
            "dd0f06ec" + "00018000" + "00002000" + "4e54534e" + "1111111122222222"
                + "0123456789abcdef" + "ee8fd80080000000" + "ee8fd800c0000000")
        let read = NTPPacket(reply.span)
        let packet = try #require(read)
        #expect(packet.leap == 3 && packet.version == 3 && packet.mode == 5)
        #expect(packet.stratum == 15 && packet.precision == -20)
        #expect(packet.rootDelay == 0x18000 && packet.rootDispersion == 0x2000)
        #expect(packet.referenceID == 0x4E54_534E)
        #expect(packet.origin.bits == 0x0123_4567_89AB_CDEF)
        #expect(packet.receive.bits == 0xEE8F_D800_8000_0000)
        #expect(packet.transmit.bits == 0xEE8F_D800_C000_0000)
        // 1.5 s / 2 + 0.125 s.
        #expect(packet.rootDistance == 875_000_000)
        #expect(NTPPacket((reply + bytes(9, 180)).span) == packet)
    }

    @Test func `a packet cut short is none`() {
        let reply = Reply().bytes
        for count in 0..<48 { #expect(NTPPacket(Array(reply.prefix(count)).span) == nil) }
        #expect(NTPPacket(reply.span) != nil)
    }

    @Test(arguments: [
        (0 as UInt32, 0 as UInt32, 0 as Int64), (1, 0, 7629), (0, 1, 15258),
        (0x10000, 0x10000, 1_500_000_000), (3, 7, 129_699), (0x8001, 0x1999, 349_998_474),
        (.max, .max, 98_303_999_977_111),
    ])
    func `the root distance in whole nanoseconds`(
        delay: UInt32, dispersion: UInt32, distance: Int64
    ) {
        let reply = Reply(rootDelay: delay, rootDispersion: dispersion)
        // Rounded down, twice at most.
        let difference = distance - (reply.packet?.rootDistance ?? 0)
        #expect((0...1).contains(difference), "\(difference)")
    }

    @Test func `only what answers the request is looked at`() {
        let good = Reply()
        let query = good.query
        #expect(query.header(of: good.bytes.span) == good.packet)
        #expect(query.header(of: (good.bytes + bytes(0, 20)).span) == good.packet)
        #expect(query.header(of: Array(good.bytes.dropLast()).span) == nil)
        for mode: UInt8 in 0...7 where mode != 4 {
            #expect(query.header(of: Reply(mode: mode).bytes.span) == nil)
        }
        for bit in 0..<64 {
            let wrong = Reply(origin: good.origin ^ 1 << UInt64(bit))
            #expect(query.header(of: wrong.bytes.span) == nil)
        }
        // Another version or stratum is an answer, one that says no.
        #expect(query.header(of: Reply(version: 2, stratum: 0).bytes.span) != nil)
    }

    @Test func `kiss codes are four visible letters at stratum 0`() {
        for (id, code): (UInt32, String?) in [
            (0x5241_5445, "RATE"), (0x4445_4E59, "DENY"), (0x5253_5452, "RSTR"),
            (0x4E54_534E, "NTSN"), (0, nil), (0x4445_4E00, nil), (0x1B5B_324A, nil),
            (0x4445_4E7F, nil), (0x4445_4EC0, nil), (0x4445_4E20, nil),
        ] {
            #expect(Reply(stratum: 0, referenceID: id).packet?.kissCode == code)
            #expect(Reply(stratum: 1, referenceID: id).packet?.kissCode == nil)
        }
    }
}
