internal import Glibc

/// Whether this process stops with the program that it looks after, so that a shell takes the terminal back, and `fg`
/// continues both.
///
/// A program that the terminal stops may put its screen in order and then stop itself with `SIGSTOP`. Who sends that to the
/// program alone, unasked, wants the program alone. The stop and the request for it come in either order.
struct JobControl: Sendable, Equatable {
    private enum Stop: Sendable, Equatable {
        case none
        case ofTheProgram
        case ofBoth
    }

    private var stop = Stop.none
    private var wasAskedToStop = false
    /// The program was continued and has stopped again before anybody looked: the continuation that did it is still to come.
    private var hasMissedContinuation = false

    /// Whether the program is stopped.
    var isStopped: Bool { stop != .none }

    /// The terminal, or somebody else, asked for a stop.
    ///
    /// - Returns: whether this process has to stop, because the program already has.
    mutating func stopAsked() -> Bool {
        switch stop {
        case .none:
            wasAskedToStop = true
            return false
        case .ofTheProgram:
            stop = .ofBoth
            return true
        // It is the request for this stop, which was seen before it.
        case .ofBoth: return false
        }
    }

    /// Somebody continued this process: what was asked for before is done with.
    ///
    /// - Returns: whether it is about the stop that the program is in, and not about one before it.
    mutating func continuationAsked() -> Bool {
        defer { hasMissedContinuation = false }
        guard !hasMissedContinuation else { return false }
        wasAskedToStop = false
        return true
    }

    mutating func continued() { (stop, wasAskedToStop, hasMissedContinuation) = (.none, false, false) }

    /// - Returns: whether this process has to stop, too.
    mutating func stopped(by signal: Int32) -> Bool {
        // Who is stopped cannot stop.
        if isStopped { hasMissedContinuation = true }
        let stopsBoth = wasAskedToStop || [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal)
        (stop, wasAskedToStop) = (stopsBoth ? .ofBoth : .ofTheProgram, false)
        return stopsBoth
    }
}
