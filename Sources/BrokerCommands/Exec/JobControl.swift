internal import Glibc

/// Whether this process stops with the program that it looks after, so that a shell takes the terminal back, and `fg`
/// continues both.
struct JobControl: Sendable, Equatable {
    /// Whether the program is stopped.
    private(set) var isStopped = false
    private var wasAskedToStop = false

    /// The terminal, or somebody else, asked for a stop.
    mutating func stopAsked() { wasAskedToStop = true }

    mutating func continued() { (isStopped, wasAskedToStop) = (false, false) }

    /// - Returns: whether this process has to stop, too.
    ///
    /// A program that the terminal stops may put its screen in order and then stop itself with `SIGSTOP`. Who sends that to
    /// the program alone, unasked, wants the program alone.
    mutating func stopped(by signal: Int32) -> Bool {
        defer { wasAskedToStop = false }
        isStopped = true
        return wasAskedToStop || [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal)
    }
}
