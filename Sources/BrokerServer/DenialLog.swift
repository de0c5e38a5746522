internal import AccessPolicy
internal import FoundationEssentials
internal import Logging
internal import Synchronization
internal import TokenBroker

/// Writes refusals to the log, so many a second at most: nobody who is refused can fill the disk by asking again.
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

    /// Writes a refusal, unless too many were written in this second.
    func write(_ record: DecisionRecord, userID: UInt32) {
        guard let suppressed = place() else { return }
        let message: Logger.Message =
            switch record.refusal {
            case .observed: "Token would be denied"
            case .policy, .rate, .attestation: "Token denied"
            case .resource: "Instance data denied"
            }
        var metadata: Logger.Metadata = [
            "decision": "\(record.id)", "reason": "\(Self.escaped("\(record.refusal)"))", "workload.uid": "\(userID)",
            "policy": "\(record.generation)", "suppressed": "\(suppressed)",
        ]
        if let profile = record.profile { metadata["profile"] = "\(profile)" }
        if record.count > 1 { metadata["times"] = "\(record.count)" }
        if let workload = record.workload {
            if workload.processID > 0 { metadata["workload.pid"] = "\(workload.processID)" }
            if let path = workload.executable.value { metadata["workload.executable"] = "\(Self.escaped(path))" }
            if let unit = workload.unit.value { metadata["workload.unit"] = "\(Self.escaped(unit))" }
            if let container = workload.container.value { metadata["workload.container"] = "\(container)" }
        }
        logger.notice(message, metadata: metadata)
    }

    /// Writes that a request did not get through the wall, unless too many were written in this second.
    func write(_ refusal: MetadataError, userID: UInt32) {
        guard let suppressed = place() else { return }
        let metadata: Logger.Metadata = [
            "header": "\(Self.escaped(refusal.target?.name ?? ""))", "reason": "\(Self.escaped(refusal.message))",
            "suppressed": "\(suppressed)", "workload.uid": "\(userID)",
        ]
        logger.notice("Request turned away", metadata: metadata)
    }

    /// How many were left out before this one; `nil` when it is to be left out, too.
    private func place() -> Int? {
        let now = time.now.boot
        return window.withLock { window in
            if now - window.start >= .seconds(1) { (window.start, window.written) = (now, 0) }
            guard window.written < Self.perSecond else {
                window.suppressed += 1
                return nil
            }
            window.written += 1
            defer { window.suppressed = 0 }
            return window.suppressed
        }
    }

    /// Text that somebody else chose, on one line: a path may hold line ends, and a log line that it forges would be believed.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? String($0) : $0.escaped(asASCII: true) }.joined()
    }
}
