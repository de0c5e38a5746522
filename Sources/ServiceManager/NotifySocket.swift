internal import CLinux
internal import Dispatch
internal import Glibc

/// Sends notifications to the service manager, one after the other.
///
/// The manager may be slow to take them, so they are sent by a thread of their own.
package final class NotifySocket: Sendable {
    private let address: NotifyAddress
    private let descriptor: CInt
    private let queue = DispatchQueue(label: "service manager")

    package init(_ address: NotifyAddress) throws(ServiceManagerError) {
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else {
            throw ServiceManagerError(.notification, "no socket for notifications can be made: \(Self.reason(errno))")
        }
        self.address = address
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        // Without it a manager that reads nothing holds up this thread, and nothing else.
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_SNDTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
    }

    deinit { close(descriptor) }

    /// Sends one notification after those before it, and calls `done` then: with an error when it could not be sent.
    func post(
        _ notification: Notification,
        with memory: SealedMemory? = nil,
        then done: @escaping @Sendable (ServiceManagerError?) -> Void
    ) {
        queue.async { [self] in done(sendNow(notification, memory)) }
    }

    /// The same, and waits for it.
    ///
    /// - Parameters:
    ///   - notification: what to tell.
    ///   - memory: goes with it.
    /// - Returns: why it could not be sent; `nil` when the manager has it.
    package func send(_ notification: Notification, with memory: SealedMemory? = nil) async -> ServiceManagerError? {
        await withCheckedContinuation { continuation in
            post(notification, with: memory) { continuation.resume(returning: $0) }
        }
    }

    private func sendNow(_ notification: Notification, _ memory: SealedMemory?) -> ServiceManagerError? {
        let text = Array(notification.text(monotonic: clinux_clock_ns(CLOCK_MONOTONIC) / 1_000).utf8)
        let name = address.bytes.map { CChar(bitPattern: $0) }
        let result = unsafe clinux_send_datagram(
            descriptor,
            name,
            CInt(name.count),
            text,
            CInt(text.count),
            memory?.descriptor ?? -1
        )
        guard result != 0 else { return nil }
        return ServiceManagerError(.notification, "the service manager cannot be told: \(Self.reason(-result))")
    }

    private static func reason(_ code: CInt) -> String { unsafe String(cString: strerror(code)) }

    /// Seconds.
    private static let patience = 5
}
