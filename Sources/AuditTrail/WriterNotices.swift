internal import AuditChain

/// What the writer tells beside its lines, and how often.
struct WriterNotices {
    private let notify: @Sendable (AuditNotice) -> Void
    private var lastFailure: Duration?
    private var isFailureTold = false
    private var lastLoss: Duration?
    private var toldLost: UInt64 = 0
    private var toldHead: (head: ChainHead, at: Duration)?

    init(_ notify: @escaping @Sendable (AuditNotice) -> Void) {
        self.notify = notify
    }

    func tell(_ notice: AuditNotice) {
        notify(notice)
    }

    /// Once a minute, whatever fails.
    mutating func failed(_ message: String, _ now: Duration) {
        guard Self.isDue(lastFailure, now) else { return }
        (lastFailure, isFailureTold) = (now, true)
        notify(.failed(message))
    }

    /// Only when the failure was told.
    mutating func worksAgain() {
        if isFailureTold { notify(.worksAgain) }
        isFailureTold = false
    }

    /// Once a minute, when there are more than the last time.
    mutating func lost(_ count: UInt64, _ now: Duration) {
        guard count > toldLost, Self.isDue(lastLoss, now) else { return }
        (lastLoss, toldLost) = (now, count)
        notify(.lost(count))
    }

    /// When it is another than the last time.
    mutating func head(_ head: ChainHead, _ now: Duration) {
        defer { toldHead = (head, now) }
        if head != .start, head != toldHead?.head { notify(.head(head)) }
    }

    /// When `head` is to be told, if it was not.
    func headDue(_ head: ChainHead) -> Duration? {
        guard let toldHead, toldHead.head != head else { return nil }
        return toldHead.at + Self.headInterval
    }

    private static func isDue(_ last: Duration?, _ now: Duration) -> Bool {
        last.map { now - $0 >= interval } ?? true
    }

    private static let interval = Duration.seconds(60)
    private static let headInterval = Duration.seconds(3_600)
}
