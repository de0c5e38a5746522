import Testing

@testable import FleetSimulation

/// The order of events.
struct EventQueueTests {
    private static func drained(_ queue: EventQueue<Int>) -> [Int] {
        var queue = queue
        var events: [Int] = []
        while let (_, event) = queue.next() { events.append(event) }
        return events
    }

    @Test func eventsComeInTheOrderOfTimeAndThenInThatInWhichTheyWerePutIn() {
        var queue = EventQueue<Int>(end: VirtualTime(seconds: 100))
        for (event, second) in [(3, 50.0), (1, 0.01), (4, 50), (2, 0.02), (5, 99.999), (6, 50)] {
            queue.schedule(event, at: VirtualTime(seconds: second))
        }
        #expect(Self.drained(queue) == [1, 2, 3, 4, 6, 5])
    }

    @Test func whatIsPutInForNowComesBeforeWhatIsLater() throws {
        var queue = EventQueue<Int>(end: VirtualTime(seconds: 100))
        queue.schedule(1, at: VirtualTime(seconds: 10))
        queue.schedule(3, at: VirtualTime(seconds: 10.002))
        let next = queue.next()
        let first = try #require(next)
        #expect(first.event == 1)
        queue.schedule(2, at: first.time.after(0.001))
        // One of the past comes next.
        queue.schedule(0, at: .start)
        #expect(Self.drained(queue) == [0, 2, 3])
    }

    @Test(arguments: [(99.999_999, 1), (100, 0), (1e6, 0)])
    func whatIsAfterTheEndIsLeftOut(second: Double, count: Int) {
        var queue = EventQueue<Int>(end: VirtualTime(seconds: 100))
        queue.schedule(1, at: VirtualTime(seconds: second))
        #expect(Self.drained(queue).count == count)
    }

    @Test func manyEventsComeInOrderWhateverTheOrderTheyWerePutIn() throws {
        var queue = EventQueue<Int>(end: VirtualTime(seconds: 1_000))
        var random = SeededGenerator(seed: 7)
        for event in 0..<20_000 { queue.schedule(event, at: VirtualTime(seconds: random.draw() * 1_000)) }
        var (last, count) = (VirtualTime.start, 0)
        while let (time, _) = queue.next() {
            #expect(time >= last)
            (last, count) = (time, count + 1)
        }
        #expect(count == 20_000)
    }

    @Test(arguments: [(0.0, 0), (1.5, 1_500_000), (2_160.000_000_1, 2_160_000_001)])
    func aLookIsNeverBeforeItIsDue(seconds: Double, microseconds: Int64) {
        #expect(VirtualTime(boot: .seconds(seconds)).microseconds == microseconds)
    }
}
