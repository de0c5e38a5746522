internal import DocumentReader
internal import EtcdCoordination
internal import KeyRotation

extension ConfigurationReader {
    private static let mostEndpoints = 16
    private static let standardLease = 90

    /// The section `etcd`; `nil`: this machine is of no fleet.
    func fleet(_ section: DocumentValue?) throws(DocumentError) -> FleetSetting? {
        guard let section else { return nil }
        let members = try section.mapping(known: [
            "endpoints", "fleet", "node", "key", "ca", "certificate", "certificate_key", "user", "password", "lease",
        ])
        let name = try members["fleet"].map(fleetName) ?? "default"
        let cluster = EtcdConfiguration(
            endpoints: try endpoints(members.required("endpoints")),
            prefix: "/iam-broker/\(name)/",
            trust: try members["ca"].map { value throws(DocumentError) in .certificateAuthorityFile(try path(value)) }
                ?? .systemRoots,
            certificate: try certificate(members["certificate"], members["certificate_key"])
        )
        return FleetSetting(
            cluster: cluster,
            name: name,
            node: try members["node"].map(node),
            keyFile: try path(members.required("key")),
            user: try user(members["user"], members["password"]),
            leaseSeconds: try members["lease"]?.wholeSeconds(in: 10...600) ?? Self.standardLease
        )
    }

    private func endpoints(_ value: DocumentValue) throws(DocumentError) -> [EtcdEndpoint] {
        var endpoints: [EtcdEndpoint] = []
        for element in try value.list() {
            guard let endpoint = EtcdEndpoint(try element.string()) else {
                throw element.error("must be a scheme, a host and a port, such as https://etcd-1.example:2379")
            }
            // Sealed or not, what is read there decides when keys go.
            guard endpoint.isEncrypted || endpoint.isLoopback else {
                throw element.error("must begin with https:// unless it is this machine")
            }
            guard !endpoints.contains(endpoint) else { throw element.error("is here twice") }
            endpoints.append(endpoint)
        }
        guard (1...Self.mostEndpoints).contains(endpoints.count) else {
            throw value.error("must have 1 to \(Self.mostEndpoints) endpoints")
        }
        return endpoints
    }

    private func fleetName(_ value: DocumentValue) throws(DocumentError) -> String {
        guard let name = NodeName(rawValue: try value.string()) else { throw value.error(Self.nameRule) }
        return name.rawValue
    }

    private func node(_ value: DocumentValue) throws(DocumentError) -> NodeName {
        guard let name = NodeName(rawValue: try value.string()) else { throw value.error(Self.nameRule) }
        return name
    }

    private static let nameRule = "must be 1 to 63 lower-case letters, digits, '-' and '.', a letter or a digit first"

    private func certificate(
        _ chain: DocumentValue?,
        _ key: DocumentValue?
    ) throws(DocumentError) -> EtcdConfiguration.Certificate? {
        switch (chain, key) {
        case (nil, nil): return nil
        case (let chain?, let key?):
            return EtcdConfiguration.Certificate(chainFile: try path(chain), keyFile: try path(key))
        case (let only?, nil): throw only.error("needs certificate_key beside it")
        case (nil, let only?): throw only.error("needs certificate beside it")
        }
    }

    private func user(_ name: DocumentValue?, _ password: DocumentValue?) throws(DocumentError) -> FleetSetting.User? {
        switch (name, password) {
        case (nil, nil): return nil
        case (let name?, let password?):
            return FleetSetting.User(name: try name.identifier(longest: 128), passwordFile: try path(password))
        case (let only?, nil): throw only.error("needs password beside it: the path of a file that has it")
        case (nil, let only?): throw only.error("needs user beside it")
        }
    }
}
