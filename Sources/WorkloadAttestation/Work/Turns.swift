internal import Synchronization

/// Lets one caller at a time gather facts about a peer, while the others wait for what it finds.
final class Turns: Sendable {
    /// Callers that wait until the one that gathers is done; `nil` while nobody gathers.
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]?>(nil)

    /// How many requests of one connection may wait for its attestation.
    private static let maximumWaiting = 64

    /// Waits while another call gathers about `subject`.
    ///
    /// - Returns: Whether it is this call's turn; otherwise another one just ended and may have found what is needed.
    func take(_ subject: String) async throws(AttestationError) -> Bool {
        let isOwn = try waiting.withLock { waiting throws(AttestationError) in
            guard let others = waiting else {
                waiting = []
                return true
            }
            guard others.count < Self.maximumWaiting else {
                throw AttestationError(.busy, "too many requests wait for the attestation of \(subject)")
            }
            return false
        }
        if isOwn { return true }
        await withCheckedContinuation { continuation in
            let isOver = waiting.withLock { waiting in
                guard let others = waiting else { return true }
                waiting = others + [continuation]
                return false
            }
            if isOver { continuation.resume() }
        }
        return false
    }

    /// Ends the turn that was taken.
    func end() {
        let others = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        for continuation in others ?? [] { continuation.resume() }
    }
}
