internal import Glibc

/// Holds back the signals that would end this program, for as long as this value lives: what is half done is finished or taken
/// back first.
///
/// One that is ignored, as nohup(1) has it, stays ignored.
struct HeldSignals: ~Copyable {
    private let held: sigset_t

    private static let numbers = [SIGINT, SIGTERM, SIGHUP]

    init() {
        var held = sigset_t()
        unsafe sigemptyset(&held)
        for number in Self.numbers where !Self.isIgnored(number) { unsafe sigaddset(&held, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &held, nil)
        self.held = held
    }

    /// Lets the signals through; so does whatever ends its life earlier.
    consuming func release() {}

    deinit {
        // Not back to what was before: on a thread of a pool all signals are blocked, and one that waits would never come.
        var mask = held
        unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    }

    /// Whether one has come that ends this program as soon as it is let through.
    static var isOneWaiting: Bool {
        var waiting = sigset_t()
        guard unsafe sigpending(&waiting) == 0 else { return false }
        return numbers.contains { unsafe sigismember(&waiting, $0) == 1 }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is no function that could be compared.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}
