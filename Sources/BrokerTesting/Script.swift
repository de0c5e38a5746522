internal import Synchronization
package import TokenBroker

/// What a scripted port answers, call by call: the part that the fakes share.
///
/// An answer is chosen when the call arrives, so the order of answers is the order of calls. Nothing in here waits for
/// time: a held call waits for ``release()``, and a test waits for ``arrivals(_:)``.
package final class Script<Call: Sendable, Answer: Sendable>: Sendable {
    package typealias Outcome = Result<Answer, AcquisitionError>

    private struct State {
        var outcomes: ArraySlice<Outcome>
        var calls: [Call] = []
        var numbersGiven = 0
        var isHolding = false
        var held: [HeldCall] = []
        var cancelled: Set<Int> = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// A call that waits, and its answer; `nil` stands for what comes after the script.
    private struct HeldCall {
        let number: Int
        let outcome: Outcome?
        let continuation: CheckedContinuation<Outcome?, Never>

        func go() { continuation.resume(returning: outcome) }
    }

    private let state: Mutex<State>
    private let thereafter: @Sendable (Call) -> Outcome

    /// - Parameters:
    ///   - outcomes: the answers to the first calls, in order.
    ///   - thereafter: the answer to every later call.
    package init(_ outcomes: [Outcome], thereafter: @escaping @Sendable (Call) -> Outcome = { _ in .exhausted }) {
        state = Mutex(State(outcomes: outcomes[...]))
        self.thereafter = thereafter
    }

    /// The calls so far, those that are held among them.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// How many calls wait to be released.
    package var heldCount: Int { state.withLock { $0.held.count } }

    /// Adds answers behind those that are left.
    package func append(_ outcomes: Outcome...) {
        state.withLock { $0.outcomes.append(contentsOf: outcomes) }
    }

    /// Adds answers behind those that are left.
    package func append(contentsOf outcomes: [Outcome]) {
        state.withLock { $0.outcomes.append(contentsOf: outcomes) }
    }

    /// From now on calls wait for ``release()`` or ``releaseOne()``.
    package func hold() {
        state.withLock { $0.isHolding = true }
    }

    /// Lets every held call go, and the later ones pass.
    package func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for call in held { call.go() }
    }

    /// Lets the call go that is held longest; later ones are held as before.
    package func releaseOne() {
        state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }?.go()
    }

    /// Waits until `count` calls in all have arrived; if the script holds them, until they are held.
    package func arrivals(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.calls.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Takes the next answer for `call`, once it is released.
    ///
    /// - Throws: the scripted error; ``AcquisitionError/Code/unreachable`` when the task is cancelled while the call is held.
    package func answer(to call: Call) async throws(AcquisitionError) -> Answer {
        let number = state.withLock { state in
            state.numbersGiven += 1
            return state.numbersGiven
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { arrive(call, number, $0) }
        } onCancel: {
            let held = state.withLock { state in
                state.cancelled.insert(number)
                return state.held.firstIndex { $0.number == number }.map { state.held.remove(at: $0) }
            }
            held?.continuation.resume(returning: .cancelled)
        }
        return try (outcome ?? thereafter(call)).get()
    }

    private func arrive(_ call: Call, _ number: Int, _ continuation: CheckedContinuation<Outcome?, Never>) {
        let (passing, watchers) = state.withLock { state in
            state.calls.append(call)
            let held = HeldCall(number: number, outcome: state.outcomes.popFirst(), continuation: continuation)
            let isPassing = !state.isHolding || state.cancelled.contains(number)
            if !isPassing { state.held.append(held) }
            let count = state.calls.count
            defer { state.watchers.removeAll { $0.count <= count } }
            return (isPassing ? held : nil, state.watchers.filter { $0.count <= count })
        }
        passing?.go()
        for watcher in watchers { watcher.continuation.resume() }
    }
}

extension Result where Failure == AcquisitionError {
    /// The answer of a script that ran out.
    package static var exhausted: Self {
        .failure(AcquisitionError(.upstreamFailed, "the script has no more answers"))
    }

    /// The answer to a held call whose task was cancelled.
    package static var cancelled: Self {
        .failure(AcquisitionError(.unreachable, "the call was cancelled while the script held it"))
    }
}
