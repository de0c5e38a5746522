internal import AccessPolicy
internal import FoundationEssentials
internal import Logging
internal import Synchronization
internal import TokenBroker

/// Writes denials to the log, so many a second at most: nobody who is denied can fill the disk by asking again.
final class DenialLog: Sendable {
    private struct Window {
        var start: Duration = .zero
        var written = 0
        var suppressed = 0
    }

    private let logger: Logger
    private let time: any TimeSource
    private let window = Mutex(Window())
    private static let perSecond = 20

    init(logger: Logger, time: any TimeSource) {
        self.logger = logger
        self.time = time
    }

    /// Takes note of a denial.
    ///
    /// - Returns: the ID of the decision, under which the log tells more, unless too many were denied in this second.
    func record(_ reason: DenialReason, _ workload: Workload, _ profile: ProfileName) -> String {
        let decision = String(UInt64.random(in: .min ... .max), radix: 16)
        let now = time.now.boot
        let suppressed: Int? = window.withLock { window in
            if now - window.start >= .seconds(1) { (window.start, window.written) = (now, 0) }
            guard window.written < Self.perSecond else {
                window.suppressed += 1
                return nil
            }
            window.written += 1
            defer { window.suppressed = 0 }
            return window.suppressed
        }
        guard let suppressed else { return decision }
        logger.notice(
            "Token denied",
            metadata: [
                "decision": "\(decision)", "profile": "\(profile)", "reason": "\(reason)",
                "workload.pid": "\(workload.processID)", "workload.uid": "\(workload.userID)",
                "workload.gid": "\(workload.groupID)",
                "workload.executable": "\(Self.escaped(workload.executable ?? "unknown"))",
                "suppressed": "\(suppressed)",
            ]
        )
        return decision
    }

    /// Text that somebody else chose, on one line: a path may hold line ends, and a log line that it forges would be believed.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? String($0) : $0.escaped(asASCII: true) }.joined()
    }
}
