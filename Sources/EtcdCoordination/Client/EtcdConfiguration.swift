package import JOSE

/// The etcd cluster of a fleet, and how it is called.
package struct EtcdConfiguration: Sendable {
    /// Which certificate authorities the servers' certificates may come from.
    package enum Trust: Sendable, Hashable {
        case systemRoots
        /// Those in a PEM file, and no others.
        case certificateAuthorityFile(String)
    }

    /// What this machine shows of itself in the TLS handshake: two PEM files.
    package struct Certificate: Sendable, Hashable {
        /// The certificate, and those between it and the authority behind it.
        package let chainFile: String
        package let keyFile: String

        package init(chainFile: String, keyFile: String) {
            (self.chainFile, self.keyFile) = (chainFile, keyFile)
        }
    }

    /// A user of etcd.
    package struct User: Sendable {
        package let name: String
        package let password: Redacted<String>

        package init(name: String, password: Redacted<String>) {
            (self.name, self.password) = (name, password)
        }
    }

    /// How long a call may take, each counted from its start.
    package struct Deadlines: Sendable, Hashable {
        /// Until a connection stands.
        package var connect: Duration
        /// Until one member has answered; then the next one is asked.
        package var attempt: Duration
        /// Until there is an answer, or none.
        package var total: Duration

        package init(
            connect: Duration = .seconds(2),
            attempt: Duration = .seconds(3),
            total: Duration = .seconds(10)
        ) {
            (self.connect, self.attempt, self.total) = (connect, attempt, total)
        }
    }

    /// The members of the cluster; the first that answers is asked until it fails.
    package var endpoints: [EtcdEndpoint]
    /// What the names of all keys of the fleet begin with; visible ASCII with a slash at the end.
    package var prefix: String
    package var trust: Trust
    package var certificate: Certificate?
    package var user: User?
    /// Whether members other than those on this machine may be called without encryption.
    package var allowsPlainText: Bool
    package var deadlines: Deadlines

    package init(
        endpoints: [EtcdEndpoint],
        prefix: String = "/iam-broker/default/",
        trust: Trust = .systemRoots,
        certificate: Certificate? = nil,
        user: User? = nil,
        allowsPlainText: Bool = false,
        deadlines: Deadlines = Deadlines()
    ) {
        (self.endpoints, self.prefix, self.trust, self.certificate) = (endpoints, prefix, trust, certificate)
        (self.user, self.allowsPlainText, self.deadlines) = (user, allowsPlainText, deadlines)
    }

    /// Makes sure of what a start can be sure of.
    func check() throws(EtcdError) {
        guard !endpoints.isEmpty else { throw EtcdError(.misconfigured, "no endpoint of etcd is named") }
        guard prefix.last == "/", (2...200).contains(prefix.utf8.count),
            prefix.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw EtcdError(
                .misconfigured,
                "the prefix of keys must be visible ASCII with a slash at its end, of at most 200 bytes"
            )
        }
        for endpoint in endpoints where !endpoint.isEncrypted && !endpoint.isLoopback && !allowsPlainText {
            throw EtcdError(
                .misconfigured,
                "\(endpoint) must begin with https://: etcd is only called encrypted, or on this machine"
            )
        }
    }
}
