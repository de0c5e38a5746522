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
}

extension TCPAttestedPeer {
    /// What `Host` may be: the address and port that this client reached, its other names on loopback, and for those who were
    /// sent here on their way to the metadata service the names of that (reference: IBM API, section 1.2).
    var authorities: Set<String> {
        let own = local.description.dropLast("\(local.port)".count + 1)
        let isLoopback = own.hasPrefix("127.") || own == "[::1]"
        let names = (isLoopback ? ["127.0.0.1", "localhost", "[::1]"] : []) + [String(own)]
        var authorities = Set(names.map { "\($0):\(local.port)" })
        if local.port == 80 { authorities.formUnion(names) }
        if originalDestination != nil {
            for name in ["169.254.169.254", "api.metadata.cloud.ibm.com"] {
                authorities.formUnion([name, "\(name):80"])
            }
        }
        return authorities
    }
}
