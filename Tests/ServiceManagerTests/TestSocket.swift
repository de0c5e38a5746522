import Glibc
import Testing

/// A socket as a service manager makes them.
final class TestSocket {
    let descriptor: Int32
    /// Of the file, where there is one.
    let path: String
    private let family: Int32

    private init(_ descriptor: Int32, _ family: Int32, path: String) {
        (self.descriptor, self.family, self.path) = (descriptor, family, path)
    }

    deinit {
        close(descriptor)
        if !path.isEmpty { unlink(path) }
    }

    static func unix(
        listening: Bool,
        type: __socket_type = SOCK_STREAM,
        isAbstract: Bool = false
    ) throws -> TestSocket {
        let descriptor = Glibc.socket(AF_UNIX, Int32(type.rawValue) | O_CLOEXEC, 0)
        try #require(descriptor >= 0)
        let name = "/tmp/broker-\(UInt64.random(in: 0 ... .max))"
        let socket = TestSocket(descriptor, AF_UNIX, path: isAbstract ? "" : name)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = (isAbstract ? [0] : []) + Array(name.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try bind(descriptor, address, socklen_t(MemoryLayout<sa_family_t>.size + bytes.count))
        if listening { try #require(listen(descriptor, 16) == 0) }
        return socket
    }

    static func tcp(_ family: Int32) throws -> TestSocket {
        let descriptor = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        try #require(descriptor >= 0)
        let socket = TestSocket(descriptor, family, path: "")
        if family == AF_INET {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            try bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
        } else {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_addr = in6addr_loopback
            try bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
        try #require(listen(descriptor, 16) == 0)
        return socket
    }

    private static func bind(_ descriptor: Int32, _ address: some Sendable, _ length: socklen_t) throws {
        let result = withUnsafeBytes(of: address) {
            Glibc.bind(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
        }
        try #require(result == 0, "errno \(errno)")
    }

    func port() throws -> Int {
        // The port is in the same place in both families.
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutableBytes(of: &address) {
            getsockname(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        try #require(result == 0)
        return Int(UInt16(bigEndian: address.sin6_port))
    }

    func hops() throws -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let isIPv6 = family == AF_INET6
        let level = Int32(isIPv6 ? IPPROTO_IPV6 : IPPROTO_IP)
        try #require(getsockopt(descriptor, level, isIPv6 ? IPV6_UNICAST_HOPS : IP_TTL, &value, &length) == 0)
        return value
    }
}
