internal import CLinux
internal import Glibc

/// One connection to the server, with at most one request on its way.
final class LoadConnection {
    private(set) var descriptor: Int32
    private(set) var startedAt: Int64 = 0
    private var reader = ResponseReader()
    private var received = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)

    /// Longer responses are not read.
    private static let capacity = 256 * 1_024
    /// How long the server may leave a request in the socket, in seconds.
    private static let sendTimeout = 5

    enum Event {
        case nothing
        case response(status: Int, size: Int)
        case closed
    }

    init(to path: String) throws(BenchmarkError) {
        descriptor = try Self.connect(to: path)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Sends `request` whole.
    func send(_ request: [UInt8], at now: Int64) throws(BenchmarkError) {
        startedAt = now
        received = 0
        reader.reset()
        let sent = Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        if sent < 0, errno == EPIPE || errno == ECONNRESET { return }  // The next read says that it is closed.
        guard sent == request.count else { throw BenchmarkError("could not send a request", errno: errno) }
    }

    /// Reads what has arrived.
    func read() throws(BenchmarkError) -> Event {
        guard let base = buffer.baseAddress, received < buffer.count else {
            throw BenchmarkError("a response is longer than \(Self.capacity) bytes")
        }
        let count = recv(descriptor, base + received, buffer.count - received, Int32(MSG_DONTWAIT))
        if count < 0 {
            switch errno {
            case EAGAIN, EINTR: return .nothing
            case ECONNRESET: return .closed
            default: throw BenchmarkError("could not read a response", errno: errno)
            }
        }
        guard count > 0 else { return .closed }
        received += count
        switch try reader.look(at: UnsafeRawBufferPointer(rebasing: buffer[..<received])) {
        case .needsMore: return .nothing
        case .complete: return .response(status: reader.status, size: reader.size)
        }
    }

    /// Connects again after the server has closed the connection.
    func reopen(to path: String) throws(BenchmarkError) {
        close(descriptor)
        descriptor = -1
        descriptor = try Self.connect(to: path)
    }

    private static func connect(to path: String) throws(BenchmarkError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard bytes.count < room.count else { return false }
            room.copyBytes(from: bytes)
            return true
        }
        guard fits else { throw BenchmarkError("socket path \(path) is too long") }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw BenchmarkError("could not make a socket", errno: errno) }
        var timeout = timeval(tv_sec: sendTimeout, tv_usec: 0)
        let timeoutSize = socklen_t(MemoryLayout<timeval>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0, setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, timeoutSize) == 0 else {
            let code = errno
            close(descriptor)
            throw BenchmarkError("could not connect to \(path)", errno: code)
        }
        return descriptor
    }
}
