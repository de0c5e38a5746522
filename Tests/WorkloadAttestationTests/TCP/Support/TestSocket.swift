import Glibc
import Testing

@testable import WorkloadAttestation

/// A TCP socket of the test process, closed on exec and with its owner.
final class TestSocket: Sendable {
    let descriptor: CInt

    private init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Waits for connections at `address`, on a port that was free; IPv6 takes IPv4 too.
    static func listening(at address: String) throws -> TestSocket {
        let listener = try made(address)
        var off: CInt = 0
        if address.contains(":") {
            setsockopt(listener.descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &off, socklen_t(MemoryLayout<CInt>.size))
        }
        try #require(withAddress(address, 0) { bind(listener.descriptor, $0, $1) } == 0)
        try #require(listen(listener.descriptor, 16) == 0)
        return listener
    }

    /// Connects to `port` at `address`, over `device` alone when that is not empty.
    static func connected(to address: String, _ port: UInt16, over device: String = "") throws -> TestSocket {
        let client = try made(address)
        if !device.isEmpty {
            let length = socklen_t(device.utf8.count)
            try #require(setsockopt(client.descriptor, SOL_SOCKET, SO_BINDTODEVICE, device, length) == 0)
        }
        try #require(withAddress(address, port) { connect(client.descriptor, $0, $1) } == 0)
        return client
    }

    /// The next connection to this listener.
    func accepted() throws -> TestSocket {
        try becomesReadable()
        let connection = accept(descriptor, nil, nil)
        try #require(connection >= 0 && fcntl(connection, F_SETFD, FD_CLOEXEC) == 0)
        return TestSocket(owning: connection)
    }

    var port: UInt16 {
        get throws {
            var address = sockaddr_in6()
            var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            let result = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            try #require(result == 0)
            return UInt16(bigEndian: address.sin6_port)  // at the same place in both families
        }
    }

    /// As `fstat` tells, which is not how the finder learns of it.
    var inode: UInt64 {
        get throws {
            var status = stat()
            try #require(fstat(descriptor, &status) == 0)
            return UInt64(status.st_ino)
        }
    }

    /// Waits until there is something to read: a byte, an end or a fault.
    func becomesReadable() throws {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        try #require(Glibc.poll(&poll, 1, 20_000) == 1, "nothing happened on the socket")
    }

    private static func made(_ address: String) throws -> TestSocket {
        let family = address.contains(":") ? AF_INET6 : AF_INET
        let descriptor = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        return TestSocket(owning: descriptor)
    }

    private static func withAddress(
        _ text: String,
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        if text.contains(":") {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            inet_pton(AF_INET6, text, &address.sin6_addr)
            return withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, text, &address.sin_addr)
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

extension TCPPeerFinder {
    /// A finder that a busy machine does not hurry.
    static func patient(containers: Set<String> = []) -> TCPPeerFinder {
        TCPPeerFinder(containers: containers, processes: ProcessTable(), limit: .seconds(60))
    }

    func find(behind connection: TestSocket, needsProcess: Bool) throws(TCPAttestationError) -> TCPPeer {
        let ends = try TCPEndpoint.ends(ofSocket: connection.descriptor)
        return try find(local: ends.local, remote: ends.remote, needsProcess: needsProcess)
    }

    /// The error that finding ends with.
    func refusal(behind connection: TestSocket, needsProcess: Bool) -> TCPAttestationError? {
        do {
            _ = try find(behind: connection, needsProcess: needsProcess)
            return nil
        } catch {
            return error
        }
    }
}
