/// Whose share a peer uses up: of connections, and of the threads that look at processes.
///
/// It is known when a connection is accepted, before anything that costs more.
package enum QuotaKey: Sendable, Hashable {
    /// The user that made the peer's socket.
    case user(UInt32)
    /// A peer outside of the daemon's network namespace, whose user is found later: 4 bytes of IPv4, or the first 8 of IPv6,
    /// because whoever has one address there usually has all of its /64 (RFC 4291 section 2.5.4).
    case address([UInt8])
    /// Not even that is known: the peer has hung up.
    case unknown

    /// Whether the user is not known.
    package var isStranger: Bool { if case .user = self { false } else { true } }

    /// Of the peer at `remote`.
    init(_ remote: TCPEndpoint) { self = .address(remote.isIPv4 ? remote.address : Array(remote.address.prefix(8))) }
}

extension QuotaKey: CustomStringConvertible {
    /// As in a sentence.
    package var description: String {
        switch self {
        case .user(let number): "user \(number)"
        case .address(let bytes) where bytes.count == 4: "the address \(bytes.map(String.init).joined(separator: "."))"
        case .address(let bytes):
            "the network \(TCPEndpoint(address: bytes + [UInt8](repeating: 0, count: 16 - bytes.count), port: 0)?.host ?? "")/64"
        case .unknown: "a peer that has hung up"
        }
    }
}
