internal import Glibc

/// One end of a TCP connection: an address and a port.
///
/// An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) is kept as the IPv4 address it stands for, so that both ends of one
/// connection compare equal whichever family their sockets are of.
package struct TCPEndpoint: Sendable, Hashable {
    /// 4 bytes of IPv4 or 16 of IPv6, in network order.
    package let address: [UInt8]
    package let port: UInt16

    /// Answers nil unless there are 4 or 16 bytes.
    package init?(address: [UInt8], port: UInt16) {
        guard address.count == 4 || address.count == 16 else { return nil }
        let isMapped = address.count == 16 && address.starts(with: Self.mappedPrefix)
        self.address = isMapped ? Array(address.dropFirst(12)) : address
        self.port = port
    }

    var isIPv4: Bool { address.count == 4 }

    /// The address as IPv6 writes it: 16 bytes, those of an IPv4 address mapped.
    var wideAddress: [UInt8] { isIPv4 ? Self.mappedPrefix + address : address }

    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
}

extension TCPEndpoint: CustomStringConvertible {
    /// As in a URL: `127.0.0.1:80`, `[::1]:80`.
    package var description: String {
        guard let host else { return "port \(port)" }
        return isIPv4 ? "\(host):\(port)" : "[\(host)]:\(port)"
    }

    /// The address as RFC 5952 writes it.
    var host: String? {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 1)
        guard inet_ntop(isIPv4 ? AF_INET : AF_INET6, address, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
