import Glibc
import SystemPrograms
import Testing

/// Who the kernel says is at the other end of a connection.
@Suite struct LoopbackPeerTests {
    private static let loopback: [UInt8] = [127, 0, 0, 1]

    /// A socket that listens on a free port, and one that is connected to it.
    private struct Pair {
        let listener: Int32
        let client: Int32

        init() throws {
            listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            try #require(listener >= 0 && client >= 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            try #require(Self.with(&address) { bind(listener, $0, $1) } == 0 && listen(listener, 1) == 0)
            address.sin_port = try port(of: listener).bigEndian
            try #require(Self.with(&address) { connect(client, $0, $1) } == 0)
        }

        func port(of socket: Int32) throws -> UInt16 {
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            try #require(Self.with(&address) { name, _ in getsockname(socket, name, &length) } == 0)
            return UInt16(bigEndian: address.sin_port)
        }

        private static func with(
            _ address: inout sockaddr_in,
            _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32
        ) -> Int32 {
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    @Test func aConnectionIsOfTheUserWhoMadeIt() throws {
        let pair = try Pair()
        defer { for socket in [pair.client, pair.listener] { _ = close(socket) } }
        let (port, own) = (try pair.port(of: pair.client), try pair.port(of: pair.listener))
        #expect(try LoopbackPeer.user(at: Self.loopback, port, to: own) == geteuid())
        // The listening socket is nobody's other end.
        #expect(try LoopbackPeer.user(at: Self.loopback, own, to: port &+ 1) == nil)
        #expect(try LoopbackPeer.user(at: [127, 0, 0, 2], port, to: own) == nil)
        try LoopbackPeer.probe(own)
    }

    /// The kernel gives such a socket the number of root.
    @Test func aConnectionThatNobodyHoldsIsNobodys() throws {
        let pair = try Pair()
        defer { _ = close(pair.listener) }
        let (port, own) = (try pair.port(of: pair.client), try pair.port(of: pair.listener))
        _ = close(pair.client)
        #expect(try LoopbackPeer.user(at: Self.loopback, port, to: own) == nil)
    }
}
