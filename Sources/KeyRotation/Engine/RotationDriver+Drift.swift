extension RotationDriver {
    /// Looks whether sinks still hold the key in use, and has it replaced, or the plan halt, where one does not.
    ///
    /// What cannot be found out now changes nothing.
    ///
    /// - Returns: whether all was found out.
    @discardableResult
    package mutating func examineSinks() async throws(Stop) -> Bool {
        var isComplete = true
        for (name, print) in machine.guarded(state) {
            guard let sink = world.sinks[name] else { continue }
            let answer: SinkAnswer
            do throws(Interruption) {
                answer = try await sink.perform(.inspect(print))
            } catch {
                throw .interrupted
            }
            switch answer {
            case .holds, .done: break
            case .fault: isComplete = false
            case .differs(let what):
                try await write(machine.drifted(name, what, state, now: world.now()), nil)
                return true
            }
        }
        return isComplete
    }
}
