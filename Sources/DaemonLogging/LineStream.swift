internal import CLinux
internal import Glibc

/// Writes lines to a descriptor that others may share, and never waits for who reads them.
///
/// The descriptor itself is not made non-blocking: whoever else has it would find it so.
struct LineStream: Sendable {
    private enum Kind {
        case socket
        /// A pipe or a terminal.
        case pipe
        case file
    }

    private static let ownMode = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    private let descriptor: Int32
    private let kind: Kind
    /// What did not fit of the last line: nothing comes before it, or lines would mix.
    private var rest: ArraySlice<UInt8> = []

    init(descriptor: Int32) {
        // A terminal that is ready may still block a write: so it is opened once more, for this one alone.
        let own = isatty(descriptor) == 1 ? unsafe open("/proc/self/fd/\(descriptor)", Self.ownMode) : -1
        let descriptor = own >= 0 ? own : descriptor
        self.descriptor = descriptor
        var status = clinux_file_status()
        let isKnown = unsafe clinux_read_status(descriptor, "", 0, &status) == 0
        kind =
            switch status.mode & S_IFMT {
            case S_IFSOCK where isKnown: .socket
            case S_IFREG where isKnown: .file
            default: .pipe
            }
    }

    /// Writes all of `line` or nothing; what does not fit of one that has begun is written with a later one, or by
    /// ``finishLine()``.
    mutating func write(_ line: [UInt8]) -> SendOutcome {
        let earlier = finishLine()
        guard earlier == .written else { return earlier }
        var bytes = line[...]
        let outcome = push(&bytes)
        guard bytes.count < line.count else { return outcome }
        rest = bytes
        return .written
    }

    /// Whether a line has begun of which the end is still to be written.
    var isWithinLine: Bool { !rest.isEmpty }

    /// Writes the rest of a line that has begun.
    mutating func finishLine() -> SendOutcome { push(&rest) }

    private func push(_ bytes: inout ArraySlice<UInt8>) -> SendOutcome {
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { unsafe step($0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return errno == EAGAIN ? .full : .absent }
            guard count > 0 else { return .full }
            bytes = bytes.dropFirst(count)
        }
        return .written
    }

    private func step(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch kind {
        case .socket:
            return unsafe send(
                descriptor,
                bytes.baseAddress,
                bytes.count,
                Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
            )
        case .file:
            return unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        case .pipe:
            var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&wish, 1, 0) == 1 else { return 0 }
            // A pipe that is ready takes this many bytes without waiting (pipe(7)).
            return unsafe Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, Int(PIPE_BUF)))
        }
    }
}
