import FoundationEssentials
import Testing

@testable import TokenBroker

/// When the next renewal is due, and that many machines stay spread.
struct RenewalBeatTests {
    /// Life is an hour: intervals last from 1,800 to 2,520 seconds.
    private static func wait(late: TimeInterval?, youth: TimeInterval = 60, draw: Double) -> TimeInterval {
        RenewalBeat.token.wait(life: 3_600, late: late, youth: youth, draw: draw)
    }

    @Test(arguments: [
        (0.0, 0.0, 1_800.0), (0, 0.5, 2_160), (0, 1, 2_520),
        // What was late is taken off: the beat stays where it was.
        (1_000, 0, 800), (1_000, 1, 1_520), (1_740, 0, 60), (2_100, 0.5, 60), (2_460, 1, 60),
    ])
    func aRenewalIsDueAnIntervalAfterTheOneBeforeWasDue(late: Double, draw: Double, wait: Double) {
        #expect(abs(Self.wait(late: late, draw: draw) - wait) < 1e-6)
    }

    @Test(
        arguments: [
            (nil, 0.0, 60.0), (nil, 0.5, 1_110), (nil, 1, 2_520),
            // The beat has passed: another place is drawn.
            (1_741, 0, 60), (2_101, 0.5, 1_110), (1e9, 0.5, 1_110),
            // It was not due: there is no beat to keep.
            (-1, 0.5, 1_110),
        ] as [(Double?, Double, Double)]
    )
    func whereThereIsNoBeatAPlaceIsDrawn(late: Double?, draw: Double, wait: Double) {
        #expect(abs(Self.wait(late: late, draw: draw) - wait) < 1e-6)
    }

    @Test(arguments: [0, 1, 10, 60, 900, 3_600, 86_400] as [Double], [nil, 0, 1, 500, 1_800, 1e6] as [Double?])
    func nothingIsRenewedTooYoungOrTooLate(life: Double, late: Double?) {
        let youth = min(60, life / 2)
        for draw in stride(from: 0.0, through: 1, by: 0.01) {
            let wait = RenewalBeat.token.wait(life: life, late: late, youth: youth, draw: draw)
            #expect((youth - 1e-9...max(youth, life * 0.7) + 1e-9).contains(wait))
        }
    }

    /// The draws of 100,000 machines that start at once: a second of the first cycle is like any later one.
    @Test func theRenewalsOfMachinesThatStartedAtOnceComeEvenlyFromTheFirst() {
        let machines = 100_000
        var minutes = Array(repeating: 0, count: 600)
        for machine in 0..<machines {
            var draws = Draws(state: UInt64(machine))
            var time = Self.wait(late: nil, draw: draws.next())
            while time < 36_000 {
                minutes[Int(time / 60)] += 1
                time += Self.wait(late: 0, draw: draws.next())
            }
        }
        // An interval lasts 36 minutes on average. The first minute is that in which no token is renewed.
        let expected = Double(machines) / 36
        #expect(minutes[0] == 0)
        for count in minutes.dropFirst() { #expect(abs(Double(count) / expected - 1) < 0.1) }
    }

    /// The service is out for 30 minutes in the middle; what is due meanwhile is renewed within five minutes of its end.
    @Test func anOutageLeavesTheRenewalsAsEvenAsTheyWere() {
        let machines = 100_000
        let outage = 10_000.0..<11_800
        var minutes = Array(repeating: 0, count: 600)
        for machine in 0..<machines {
            var draws = Draws(state: UInt64(machine))
            var due = Self.wait(late: nil, draw: draws.next())
            while due < 36_000 {
                let time = outage.contains(due) ? outage.upperBound + draws.next() * 300 : due
                minutes[min(Int(time / 60), 599)] += 1
                due = time + Self.wait(late: time - due, draw: draws.next())
            }
        }
        let expected = Double(machines) / 36
        for count in minutes[203..<599] { #expect(abs(Double(count) / expected - 1) < 0.12) }
    }

    @Test(arguments: [
        (0.0, 0.0, 1_800.0), (1_800, 1, 2_520), (2_160, 0, 2_160), (2_160, 0.5, 2_340), (2_519, 1, 2_520),
        (2_520, 0.5, 2_520),
        (3_000, 0.5, 3_000),
    ])
    func whatHasReachedAnAgeIsRenewedInWhatIsLeftOfTheSpan(age: Double, draw: Double, expected: Double) {
        #expect(abs(RenewalBeat.token.age(life: 3_600, reached: age, draw: draw) - expected) < 1e-6)
    }
}

/// Numbers of one machine, from a hash of its number.
private struct Draws {
    var state: UInt64

    mutating func next() -> Double {
        state = (state &+ 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
        var mixed = state ^ (state >> 31)
        mixed = (mixed &* 0x94D0_49BB_1331_11EB)
        return Double((mixed ^ (mixed >> 29)) >> 11) * 0x1p-53
    }
}
