import Glibc
import Testing

/// A port on 127.0.0.1 that nobody else can take, and that no connection can be made to.
enum DeadPort {
    /// The kernel refuses connections: the socket is bound and does not listen.
    static func refusing(_ body: (Int) async throws -> Void) async throws {
        let socket = try BoundSocket()
        defer { close(socket.descriptor) }
        try await body(socket.port)
    }

    /// The kernel leaves attempts to connect unanswered: the queue of connections is full and never emptied.
    static func silent(_ body: (Int) async throws -> Void) async throws {
        let listener = try BoundSocket()
        defer { close(listener.descriptor) }
        try #require(listen(listener.descriptor, 0) == 0)
        var fillers: [Int32] = []
        defer { for filler in fillers { close(filler) } }
        for _ in 1...4 {
            let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            try #require(filler >= 0)
            fillers.append(filler)
            // Those that find no place fail as "in progress", which is what they are for.
            withUnsafePointer(to: listener.address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    _ = connect(filler, generic, BoundSocket.addressSize)
                }
            }
        }
        try await body(listener.port)
    }
}

/// A TCP socket bound to a free port on 127.0.0.1.
///
/// Whoever makes one closes it.
private struct BoundSocket {
    let descriptor: Int32
    private(set) var address = sockaddr_in()

    static let addressSize = socklen_t(MemoryLayout<sockaddr_in>.size)

    var port: Int { Int(UInt16(bigEndian: address.sin_port)) }

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = Self.addressSize
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                try #require(bind(descriptor, generic, length) == 0)
                try #require(getsockname(descriptor, generic, &length) == 0)
            }
        }
        self.descriptor = descriptor
    }
}
