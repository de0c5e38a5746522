internal import WorkloadAttestation

/// An address and a port to listen on.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// IPv4 or IPv6 in numbers.
    package let host: String
    /// 0 lets the system choose.
    package let port: Int

    package init(host: String, port: Int) {
        (self.host, self.port) = (host, port)
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only this machine reaches it (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
    package var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    /// The authorities that clients of a listener on this address may call it by, once it has `port`.
    func authorities(port: Int) -> Set<String> {
        let names = isLoopback ? ["127.0.0.1", "localhost", "[::1]"] : []
        let own = host.contains(":") ? "[\(host)]" : host
        return Set(([own] + names).flatMap { port == 80 ? [$0, "\($0):80"] : ["\($0):\(port)"] })
    }
}

extension TCPAttestedPeer {
    /// The authorities of the metadata service, for those who were sent here on their way to it (reference: IBM API, section 1.2).
    var redirectedAuthorities: Set<String> {
        guard originalDestination != nil else { return [] }
        return Set(["169.254.169.254", "api.metadata.cloud.ibm.com"].flatMap { [$0, "\($0):80"] })
    }
}
