import Testing

@testable import WorkloadAttestation

struct WorkQueueTests {
    private let limits = WorkPool.Limits(threads: 3, threadsPerKey: 2, jobs: 6, jobsPerKey: 4)

    @Test func strangersOfManyAddressesHaveHalfOfTheThreadsAndJobs() {
        var queue = WorkQueue(limits: .init(threads: 4, threadsPerKey: 2, jobs: 8, jobsPerKey: 8))
        for job in 1...4 { #expect(queue.submit(UInt64(job), key: .address([10, 0, 0, UInt8(job)])) == nil) }
        #expect(queue.submit(5, key: .address([10, 0, 0, 5]))?.code == .busy)
        #expect(queue.next() == 1)
        #expect(queue.next() == 2)
        #expect(queue.next() == nil)
        #expect(queue.submit(6, key: .user(1)) == nil)
        #expect(queue.next() == 6)
        queue.finish(1)
        #expect(queue.next() == 3)
    }

    @Test func oneUserDoesNotGetEveryThread() {
        let queue = SharedQueue(limits)
        for job in 1...3 { #expect(queue.submit(UInt64(job), user: 1) == nil) }
        #expect(queue.submit(4, user: 2) == nil)
        #expect(queue.next() == 1)
        #expect(queue.next() == 2)
        // The third of the first user waits for one of his own.
        #expect(queue.next() == 4)
        #expect(queue.next() == nil)
        queue.finish(1)
        #expect(queue.next() == 3)
    }

    @Test func jobsAreBoundedForEachUserAndInAll() {
        let queue = SharedQueue(limits)
        for job in 1...4 { #expect(queue.submit(UInt64(job), user: 1) == nil) }
        #expect(queue.submit(5, user: 1)?.code == .busy)
        #expect(queue.submit(6, user: 2) == nil)
        #expect(queue.submit(7, user: 2) == nil)
        #expect(queue.submit(8, user: 3)?.code == .busy)
        #expect(queue.next() == 1)
        queue.finish(1)
        #expect(queue.submit(9, user: 3) == nil)
    }

    @Test func aUserWhoseThreadsAreStuckIsRefusedAtOnceAndOthersAreNot() {
        let queue = SharedQueue(limits)
        for job in 1...2 {
            #expect(queue.submit(UInt64(job), user: 1) == nil)
            #expect(queue.next() == UInt64(job))
            #expect(!queue.expire(UInt64(job)))
        }
        #expect(queue.submit(3, user: 1)?.code == .busy)
        #expect(queue.submit(4, user: 2) == nil)
        #expect(queue.next() == 4)
        #expect(!queue.expire(4))
        // Every thread is stuck.
        #expect(queue.submit(5, user: 3)?.code == .busy)
        queue.finish(4)
        #expect(queue.submit(6, user: 3) == nil)
    }

    @Test func aJobThatWaitedTooLongDoesNotStart() {
        let queue = SharedQueue(limits)
        #expect(queue.submit(1, user: 1) == nil)
        #expect(queue.expire(1))
        #expect(queue.next() == nil)
    }
}

/// A queue whose methods can be called within `#expect`.
private final class SharedQueue {
    private var queue: WorkQueue

    init(_ limits: WorkPool.Limits) { queue = WorkQueue(limits: limits) }

    func submit(_ job: UInt64, user: UInt32) -> AttestationError? { queue.submit(job, key: .user(user)) }
    func next() -> UInt64? { queue.next() }
    func expire(_ job: UInt64) -> Bool { queue.expire(job) }
    func finish(_ job: UInt64) { queue.finish(job) }
}
