import BrokerTesting
import KeyRotation
import Synchronization

/// Has one call of a run answered with something else: the one of this number, or from it on all of its kind.
final class Saboteur: Sendable {
    private struct State {
        var calls = 0
        var kinds: [String] = []
        var victim: String?
        var isActive = false
        var isOver = false
    }

    private let number: Int
    private let answer: FaultyAnswer
    private let isForGood: Bool
    private let state = Mutex(State())

    init(call number: Int, answer: FaultyAnswer, isForGood: Bool) {
        (self.number, self.answer, self.isForGood) = (number, answer, isForGood)
    }

    /// The kinds of calls that were made.
    var kinds: [String] { state.withLock { $0.kinds } }

    /// Whether this call gets the other answer.
    private func meets(_ kind: String) -> Bool {
        state.withLock { state in
            defer { state.calls += 1 }
            state.kinds.append(kind)
            if state.calls == number { state.victim = kind }
            state.isActive = !state.isOver && (state.calls == number || isForGood && state.victim == kind)
            return state.isActive
        }
    }

    /// Whatever was wrong is mended.
    func stop() {
        state.withLock { state in
            (state.isOver, state.isActive) = (true, false)
        }
    }

    private var isActive: Bool { state.withLock { $0.isActive } }

    var issuerHooks: ScriptedIssuer.Hooks {
        ScriptedIssuer.Hooks(
            before: { [self] call in meets(call.kind) ? answer.instead.map { .fault($0) } : nil },
            after: { [self] _, real in isActive ? answer.afterwards.map { .fault($0) } ?? real : real },
            isTwice: { [self] _ in isActive && answer == .duplicate }
        )
    }

    var sinkHooks: ScriptedSink.Hooks {
        ScriptedSink.Hooks(
            before: { [self] call in
                meets(call.kind)
                    ? answer.instead.map { .fault(SinkFault($0.message, isLasting: $0.meaning == .stuck)) } : nil
            },
            after: { [self] _, real in
                isActive ? answer.afterwards.map { .fault(SinkFault($0.message)) } ?? real : real
            }
        )
    }
}
