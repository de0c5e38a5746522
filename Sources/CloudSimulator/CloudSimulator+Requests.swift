internal import Synchronization

// Requests that came in.
extension CloudSimulator {
    package func requestCount(of endpoint: Endpoint) -> Int { state.withLock { $0.counts[endpoint] } }

    package func resetRequestCounts() { state.withLock { $0.counts.reset() } }

    /// Returns when `endpoint` has had `count` requests, or throws when the task is cancelled.
    package func waitForRequests(to endpoint: Endpoint, reaching count: Int) async throws {
        let id = state.withLock { $0.counts.newWaiterID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = RequestCounts.Waiter(id: id, endpoint: endpoint, count: count, continuation: continuation)
                let isCancelled = Task.isCancelled
                let waits = state.withLock { !isCancelled && $0.counts.wait(waiter) }
                guard !waits else {
                    // A cancellation before `wait` found no waiter to end.
                    if Task.isCancelled { cancelWaiter(id) }
                    return
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) } else { continuation.resume() }
            }
        } onCancel: {
            cancelWaiter(id)
        }
    }

    private func cancelWaiter(_ id: Int) {
        state.withLock { $0.counts.cancel(id) }?.continuation.resume(throwing: CancellationError())
    }

    /// Counts a request to `endpoint`, and takes one use of its fault.
    func arrival(at endpoint: Endpoint) -> Fault? {
        let (fault, done) = state.withLock { state in
            let fault = state.faults[endpoint]
            if let times = fault?.times {
                state.faults[endpoint]?.times = times - 1
                if times <= 1 { state.faults[endpoint] = nil }
            }
            return (fault, state.counts.add(endpoint))
        }
        for waiter in done { waiter.continuation.resume() }
        return fault
    }

    var countsDocument: JSONOutput { state.withLock { $0.counts.document } }

    /// The identity service as it stands at this moment.
    func identityService(_ fault: Fault?) -> IdentityService {
        let (instance, keys) = state.withLock { ($0.instance, $0.keys) }
        return IdentityService(instance: instance, keys: keys, now: now, fault: fault)
    }
}
