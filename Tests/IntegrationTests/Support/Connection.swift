import Glibc
import Testing

/// A connection to the daemon, with calls that block.
///
/// None blocks for more than ``patience``.
final class Connection: Sendable {
    private let descriptor: Int32
    /// Seconds; a safeguard, far above what any answer takes.
    private static let patience = 30

    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// Connects to a Unix socket.
    convenience init(_ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try self.init(AF_UNIX, address, path)
    }

    /// Connects to a port of 127.0.0.1.
    convenience init(port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        try self.init(AF_INET, address, "127.0.0.1:\(port)")
    }

    private init(_ family: Int32, _ address: some BitwiseCopyable, _ name: String) throws {
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        try #require(descriptor >= 0)
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            try #require(setsockopt(descriptor, SOL_SOCKET, option, &limit, size) == 0)
        }
        let result = withUnsafeBytes(of: address) { bytes in
            connect(
                descriptor,
                bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count)
            )
        }
        guard result == 0 else { throw Broken(description: "no connection to \(name): error \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends all of `text`; the error when the other side has gone is ``Broken``.
    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Broken(description: "cannot send: error \(errno)") }
            bytes = bytes.dropFirst(count)
        }
    }

    func request(_ method: String = "GET", _ target: String) throws {
        try send("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
    }

    /// Reads one response; `nil` when the connection ends before a byte of it.
    func receive() throws -> Reply? {
        var bytes: [UInt8] = []
        while true {
            if let reply = try Reply(bytes) { return reply }
            let chunk = try read()
            if chunk.isEmpty {
                guard bytes.isEmpty else { throw Broken(description: "the connection ended within a response") }
                return nil
            }
            bytes += chunk
        }
    }

    /// Reads to the end of the connection.
    func drain() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try read()
            guard !chunk.isEmpty else { return bytes }
            bytes += chunk
        }
    }

    /// Whether there is something to read, or the end, within `milliseconds`.
    func isReadable(within milliseconds: Int32) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, milliseconds) > 0
    }

    /// A reset is an end, too: the daemon may close before it has read everything.
    private func read() throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 16 * 1_024)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0, errno == ECONNRESET { return [] }
        guard count >= 0 else { throw Broken(description: "nothing came: error \(errno)") }
        return Array(chunk[..<count])
    }
}
