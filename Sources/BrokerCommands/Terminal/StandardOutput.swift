internal import Glibc
internal import SystemPrograms

/// The data a command produces, collected and then written in large pieces.
struct StandardOutput: ~Copyable {
    private var pending: [UInt8] = []
    private static let capacity = 64 * 1_024

    /// Adds `text`.
    ///
    /// Nothing is written before ``flush()`` or ``flushIfFull()``.
    mutating func append(_ text: String) {
        pending.append(contentsOf: text.utf8)
    }

    /// Adds `bytes`.
    mutating func append(bytes: ArraySlice<UInt8>) {
        pending.append(contentsOf: bytes)
    }

    /// Writes what has been collected when it is 64 KiB or more.
    mutating func flushIfFull() throws(OutputError) {
        if pending.count >= Self.capacity { try flush() }
    }

    /// Writes everything that has been collected.
    mutating func flush() throws(OutputError) {
        var written = 0
        while written < pending.count {
            let count = unsafe pending[written...]
                .withUnsafeBytes {
                    unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
                }
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                Self.waitUntilWritable()
            } else if errno != EINTR {
                throw OutputError(errorNumber: errno)
            }
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// Somebody made standard output non-blocking: waits until it takes bytes again, or fails in the next write.
    private static func waitUntilWritable() {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&descriptor, 1, -1)
    }

    /// Writes `text` and nothing else.
    static func write(_ text: String) throws(OutputError) {
        var output = StandardOutput()
        output.append(text)
        try output.flush()
    }
}

/// Standard output does not take what is written.
struct OutputError: Error, CustomStringConvertible {
    let errorNumber: Int32

    /// Who was reading has gone away: they know, so nobody need be told.
    var isClosedPipe: Bool { errorNumber == EPIPE }

    var description: String { "cannot write to standard output: \(SystemError.text(errorNumber))" }
}
