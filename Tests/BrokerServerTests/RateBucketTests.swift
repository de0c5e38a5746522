import AccessPolicy
import Testing

@testable import BrokerServer

/// So much in a period, and that much at once.
struct RateBucketTests {
    @Test(arguments: [
        Rate(count: 1, per: .seconds(1)), Rate(count: 3, per: .seconds(60)), Rate(count: 600, per: .seconds(60)),
        Rate(count: 1_000_000, per: .seconds(1)),
    ])
    func aFullBucketGivesItsCountAtOnceAndNoMore(rate: Rate) throws {
        let bucket = RateBucket(rate)
        let now = Duration.seconds(1_000)
        var given = 0
        while given <= rate.count, bucket.take(now: now) == nil { given += 1 }
        #expect(given == rate.count)
        let wait = try #require(bucket.take(now: now))
        #expect(wait > .zero)
        #expect(wait <= rate.period)
    }

    @Test func theNextIsThereExactlyWhenItWasPromised() throws {
        let bucket = RateBucket(Rate(count: 2, per: .seconds(60)))
        #expect(bucket.take(now: .zero) == nil)
        #expect(bucket.take(now: .zero) == nil)
        let wait = try #require(bucket.take(now: .zero))
        #expect(wait == .seconds(30))
        #expect(bucket.take(now: wait - .nanoseconds(1)) != nil)
        #expect(bucket.take(now: wait) == nil)
        #expect(bucket.take(now: wait) != nil)
    }

    @Test func whatIsRefusedCostsNothing() {
        let bucket = RateBucket(Rate(count: 1, per: .seconds(10)))
        #expect(bucket.take(now: .zero) == nil)
        for _ in 0..<100 { #expect(bucket.take(now: .seconds(9)) == .seconds(1)) }
        #expect(bucket.take(now: .seconds(10)) == nil)
    }

    @Test func manyThreadsTogetherGetItsCountAndNoMore() async {
        let bucket = RateBucket(Rate(count: 1_000, per: .seconds(3_600)))
        let given = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<500).reduce(0) { sum, _ in sum + (bucket.take(now: .seconds(5)) == nil ? 1 : 0) } }
            }
            return await group.reduce(0, +)
        }
        #expect(given == 1_000)
    }

    @Test func itIsFullAgainAfterItsPeriod() {
        let bucket = RateBucket(Rate(count: 4, per: .seconds(60)))
        #expect(bucket.isFull(now: .zero))
        for _ in 0..<4 { _ = bucket.take(now: .zero) }
        #expect(!bucket.isFull(now: .seconds(59)))
        #expect(bucket.isFull(now: .seconds(60)))
    }
}
