internal import Glibc
internal import SystemPrograms

/// What a signal to this process means for the program that it looks after.
struct SignalRules: Sendable {
    /// Whether this process leads its session: then the kernel tells it alone of a lost terminal.
    let isSessionLeader: Bool

    /// The signals that are looked at; others do to this process what they always do.
    static let numbers = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT]

    /// Whether `event` is sent on to `program`.
    ///
    /// A terminal has sent it to the whole foreground group already, and who has sent it from the program itself meant the
    /// group. `SIGCONT` is for a program that is stopped.
    func isForwarded(_ event: KeptSignals.Event, to program: pid_t, isStopped: Bool) -> Bool {
        switch event.number {
        case nil, SIGCHLD: false
        case SIGCONT: isStopped
        case SIGHUP where event.origin == .kernel: isSessionLeader
        default: event.origin != .kernel && event.origin != .process(program)
        }
    }

    /// Whether the program is to end by it, so that it must not be started again.
    static func asksToEnd(_ event: KeptSignals.Event) -> Bool {
        switch event.number {
        case SIGTERM, SIGINT, SIGQUIT: true
        // Sent by a process it means "read your configuration" to many programs.
        case SIGHUP: event.origin == .kernel
        default: false
        }
    }
}
