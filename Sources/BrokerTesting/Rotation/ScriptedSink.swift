package import KeyRotation
internal import Synchronization

/// A place in memory from which consumers take a key.
package final class ScriptedSink: KeySink, Sendable {
    /// What a sink does with a call, before and after it.
    package struct Hooks: Sendable {
        /// Gives the answer in place of the sink, which does nothing then.
        package var before: @Sendable (SinkCall) throws(Interruption) -> SinkAnswer?
        /// Changes the answer of the sink.
        package var after: @Sendable (SinkCall, SinkAnswer) throws(Interruption) -> SinkAnswer

        package init(
            before: @escaping @Sendable (SinkCall) throws(Interruption) -> SinkAnswer? = { _ in nil },
            after: @escaping @Sendable (SinkCall, SinkAnswer) throws(Interruption) -> SinkAnswer = { $1 }
        ) {
            (self.before, self.after) = (before, after)
        }
    }

    private struct State {
        var content: KeyMaterial?
        /// How often the content was changed, by which it is recognised.
        var version = 0
        var aside: (rotation: RotationID, content: KeyMaterial?)?
    }

    /// All that it knows, to be compared.
    package struct Memory: Sendable, Equatable {
        package let content: KeyMaterial?
        package let version: Int
        package let rotationAside: RotationID?
        package let contentAside: KeyMaterial?
    }

    private let hooks: Hooks
    private let state: Mutex<State>

    /// - Parameters:
    ///   - content: what was there before.
    ///   - hooks: what goes wrong.
    package init(_ content: KeyMaterial? = nil, hooks: Hooks = Hooks()) {
        self.hooks = hooks
        state = Mutex(State(content: content))
    }

    /// What consumers find there now.
    package var content: KeyMaterial? { state.withLock { $0.content } }

    /// What is kept for a return to the old key.
    package var keepsAside: Bool { state.withLock { $0.aside != nil } }

    package var memory: Memory {
        state.withLock { state in
            Memory(
                content: state.content,
                version: state.version,
                rotationAside: state.aside?.rotation,
                contentAside: state.aside?.content
            )
        }
    }

    /// Changes the content behind everybody's back.
    package func overwrite(_ content: KeyMaterial?) {
        state.withLock { state in
            state.content = content
            state.version += 1
        }
    }

    package func perform(_ call: SinkCall) async throws(Interruption) -> SinkAnswer {
        if let answer = try hooks.before(call) { return answer }
        return try hooks.after(call, carryOut(call))
    }

    private func carryOut(_ call: SinkCall) -> SinkAnswer {
        state.withLock { state in
            switch call {
            case .publish(let key):
                if state.aside?.rotation != key.rotation { state.aside = (key.rotation, state.content) }
                if state.content != key.material {
                    state.content = key.material
                    state.version += 1
                }
                return .holds(SinkPrint(rotation: key.rotation, text: "\(state.version)"))
            case .inspect(let print):
                return print.text == "\(state.version)" ? .holds(print) : .differs("somebody else changed it")
            case .restore(let print):
                if let aside = state.aside, aside.rotation == print.rotation {
                    state.content = aside.content
                    state.version += 1
                    state.aside = nil
                } else if print.text == "\(state.version)" {
                    return .differs("nothing was kept aside")
                }
                return .holds(SinkPrint(rotation: print.rotation, text: "\(state.version)"))
            case .forget(let print):
                if state.aside?.rotation == print.rotation { state.aside = nil }
                return .done
            }
        }
    }
}
