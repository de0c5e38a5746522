internal import CLinux
internal import Glibc

/// Sends entries to journald, and never waits for it.
struct JournalSocket: Sendable {
    private let descriptor: Int32
    private let path: String

    /// As large as journald's own clients make it; the kernel may allow less.
    private static let buffer: Int32 = 8 << 20

    /// The socket lives as long as the daemon.
    ///
    /// - Parameter path: where journald listens; each entry looks for it anew, so journald may be restarted.
    init(path: String) {
        self.path = path
        descriptor = clinux_datagram_socket(Self.buffer)
    }

    func send(_ entry: [UInt8]) -> SendOutcome {
        let code = unsafe entry.withUnsafeBytes { bytes in
            unsafe clinux_datagram_send(descriptor, path, bytes.baseAddress, bytes.count)
        }
        switch -code {
        case 0: return .written
        case EMSGSIZE, ENOBUFS: return sendAsFile(entry)
        case EAGAIN: return .full
        default: return .absent
        }
    }

    /// What is too large for a datagram goes in a file that nobody can change any more.
    private func sendAsFile(_ entry: [UInt8]) -> SendOutcome {
        let file = unsafe clinux_memfd("iam-brokerd-log")
        guard file >= 0 else { return .full }
        defer { close(file) }
        var rest = entry[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in unsafe write(file, bytes.baseAddress, bytes.count) }
            guard count > 0 else { return .full }
            rest = rest.dropFirst(count)
        }
        guard clinux_seal(file) == 0 else { return .full }
        switch unsafe -clinux_datagram_send_file(descriptor, path, file) {
        case 0: return .written
        case EAGAIN, ENOBUFS: return .full
        default: return .absent
        }
    }
}
