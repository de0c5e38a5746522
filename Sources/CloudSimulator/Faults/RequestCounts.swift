/// How many requests each endpoint has had, and who waits for more.
struct RequestCounts: Sendable {
    private var counts: [Endpoint: Int] = [:]
    private var waiters: [Waiter] = []
    private var nextWaiter = 0

    struct Waiter: Sendable {
        let id: Int
        let endpoint: Endpoint
        let count: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    subscript(endpoint: Endpoint) -> Int { counts[endpoint, default: 0] }

    var document: JSONOutput {
        .object(Endpoint.allCases.map { ($0.rawValue, .integer(self[$0])) })
    }

    /// Counts a request and answers who need wait no longer.
    mutating func add(_ endpoint: Endpoint) -> [Waiter] {
        counts[endpoint, default: 0] += 1
        let done = waiters.filter { self[$0.endpoint] >= $0.count }
        waiters.removeAll { waiter in done.contains { $0.id == waiter.id } }
        return done
    }

    mutating func reset() { counts = [:] }

    /// A name for a waiter that is about to come.
    mutating func newWaiterID() -> Int {
        nextWaiter += 1
        return nextWaiter
    }

    /// Takes up a waiter; `false` when there is nothing to wait for.
    mutating func wait(_ waiter: Waiter) -> Bool {
        guard self[waiter.endpoint] < waiter.count else { return false }
        waiters.append(waiter)
        return true
    }

    mutating func cancel(_ id: Int) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index)
    }
}
