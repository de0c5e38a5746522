import Testing

@testable import WorkloadAttestation

/// A connection that exists in no kernel: the daemon at 10.0.0.1:80, the peer at 10.0.0.2:4660.
enum Connection {
    static let daemon = TCPEndpoint(ipv4: 10, 0, 0, 1, port: 80)
    static let peer = TCPEndpoint(ipv4: 10, 0, 0, 2, port: 4660)
    static let inode: UInt64 = 777

    /// How the peer's network namespace lists its socket, on a little-endian machine.
    static func line(state: String = "01", user: String = "1000", inode: String = "777") -> String {
        "   0: 0200000A:1234 0100000A:0050 \(state) 00000000:00000000 00:00000000 00000000  \(user)        0 \(inode) 1 0 20\n"
    }

    static func socket(user: UInt32 = 1000, inode: UInt64 = inode, cookie: UInt64 = 1) -> SocketRecord {
        SocketRecord(own: peer, other: daemon, userID: user, inode: inode, cookie: cookie)
    }
}

extension TCPEndpoint {
    init(ipv4 first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8, port: UInt16) {
        guard let end = TCPEndpoint(address: [first, second, third, fourth], port: port) else {
            preconditionFailure("four bytes are an address")
        }
        self = end
    }
}

/// The code of the error that `body` ends with; nil when it ends well.
func refusal<Result>(_ body: () throws(TCPAttestationError) -> Result) -> TCPAttestationError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return error.code
    }
}
