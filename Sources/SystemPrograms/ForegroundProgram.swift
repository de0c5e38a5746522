internal import CLinux
package import Glibc

/// A program that has this process's terminal, group, input and outputs, and ends no later than the thread that started it.
///
/// Who starts it looks for its ``Change``s, on the same thread: that also takes its remains away.
package struct ForegroundProgram: Sendable {
    package let id: pid_t

    package enum Change: Sendable, Equatable {
        case stopped(by: Int32)
        case continued
        /// It is gone, and its ID may be another's.
        case ended(ProgramRun.End)
    }

    /// The descriptors that a program inherits from this process beside input and outputs.
    ///
    /// To be asked for before this process opens anything of its own: not all of that closes by itself.
    package struct Inheritance: Sendable {
        fileprivate let descriptors: [Int32]

        package init() throws(SystemFailure) {
            var found = [Int32](repeating: -1, count: 256)
            while true {
                let count = unsafe clinux_inherited_descriptors(&found, Int32(found.count))
                if count >= 0 {
                    descriptors = Array(found.prefix(Int(count)))
                    return
                }
                // The kernel's own limit of descriptors ends this.
                guard count == -E2BIG else { throw SystemFailure(errorNumber: -count) }
                found = [Int32](repeating: -1, count: found.count * 2)
            }
        }
    }

    /// Starts the program that the first of `words` names, searched in `PATH`.
    package init(
        _ words: [String],
        environment: ProgramEnvironment,
        _ inheritance: Inheritance
    ) throws(SystemFailure) {
        var arguments = unsafe words.map { unsafe strdup($0) }
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        guard unsafe arguments.allSatisfy({ unsafe $0 != nil }) else { throw SystemFailure(errorNumber: ENOMEM) }
        unsafe arguments.append(nil)
        let descriptors = inheritance.descriptors
        let id =
            unsafe environment.withPointers { variables in
                unsafe clinux_start_in_foreground(arguments, variables, descriptors, Int32(descriptors.count))
            } ?? -ENOMEM
        guard id > 0 else { throw SystemFailure(errorNumber: -id) }
        self.id = id
    }

    /// Not to be called after ``Change/ended(_:)``.
    package func send(_ signal: Int32) {
        // It fails for a program that runs as another user by now, and then only the terminal reaches it.
        _ = kill(id, signal)
    }

    /// What happened to it, one at a time; `nil` when there is nothing new.
    package func nextChange() throws(SystemFailure) -> Change? {
        var detail: Int32 = 0
        let change = unsafe clinux_child_change(id, &detail)
        guard change >= 0 else { throw SystemFailure(errorNumber: -change) }
        return switch Int(change) {
        case CLINUX_CHILD_EXITED: .ended(.exited(detail))
        case CLINUX_CHILD_SIGNALLED: .ended(.signalled(detail))
        case CLINUX_CHILD_STOPPED: .stopped(by: detail)
        case CLINUX_CHILD_CONTINUED: .continued
        default: nil
        }
    }
}
