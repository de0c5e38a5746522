internal import BrokerServer
internal import DocumentReader
internal import NIOCore

extension ConfigurationReader {
    static var listenKeys: [String] {
        ["workload", "admin", "admin_group", "metadata", "credentials", "metrics", "page"]
    }

    static var metadataKeys: [String] { ["url", "ca_file", "require_nonce", "timeouts", "cache"] }

    /// The address in `listen.metadata`: `127.0.0.1:8169`, or a mapping with `address` and `expose`.
    func emulation(_ section: DocumentValue?) throws(DocumentError) -> ListenAddress? {
        guard let value = try section?.mapping(known: Self.listenKeys)["metadata"] else { return nil }
        guard value.isMapping else { return try loopback(value, isExposed: false) }
        let members = try value.mapping(known: ["address", "expose"])
        let isExposed = try members["expose"]?.bool() ?? false
        return try loopback(members.required("address"), isExposed: isExposed)
    }

    /// The address in `listen.metrics`: every user may ask there, so it never is one that other machines reach.
    func metricsAddress(_ section: DocumentValue?) throws(DocumentError) -> ListenAddress? {
        guard let value = try section?.mapping(known: Self.listenKeys)["metrics"] else { return nil }
        let address = try address(value)
        guard address.isLoopback else {
            throw value.error("\(address.host) can be reached from other machines; use 127.0.0.1 or [::1]")
        }
        return address
    }

    /// The address in `listen.page`: this machine's own, always.
    func page(_ section: DocumentValue?) throws(DocumentError) -> ListenAddress? {
        guard let value = try section?.mapping(known: Self.listenKeys)["page"] else { return nil }
        let address = try address(value)
        guard address.isLoopback else {
            throw value.error(
                "the page is for browsers of this machine, so it must be 127.0.0.1 or [::1]; from elsewhere forward the port with ssh"
            )
        }
        return address
    }

    private func loopback(_ value: DocumentValue, isExposed: Bool) throws(DocumentError) -> ListenAddress {
        let address = try address(value)
        guard address.isLoopback || isExposed else {
            throw value.error(
                "\(address.host) can be reached from other machines; use 127.0.0.1, or write { address: \"\(address)\", expose: true }"
            )
        }
        return address
    }

    private func address(_ value: DocumentValue) throws(DocumentError) -> ListenAddress {
        let text = try value.string()
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw value.error("must be an address and a port, such as 127.0.0.1:8169 or [::1]:8169")
        }
        var host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        guard isBracketed == host.contains(":"), (try? SocketAddress(ipAddress: host, port: 0)) != nil else {
            throw value.error("must have an address in numbers: a name could come to mean another machine")
        }
        return ListenAddress(host: host, port: Int(port))
    }

    func metadataCache(_ section: DocumentValue?) throws(DocumentError) -> Duration {
        guard let value = try section?.mapping(known: Self.metadataKeys)["cache"] else { return .seconds(60) }
        return try value.duration(in: 0...3_600)
    }
}
