internal import ArgumentParser
internal import FoundationEssentials

/// The base URL of a service: scheme, host and port, and nothing else.
struct ServiceURL: Sendable, Equatable {
    let host: String
    let port: Int
    let isTLS: Bool
    /// The value of the `Host` field.
    let authority: String

    /// A host that is known, with the port that belongs to the scheme.
    init(host: String, port: Int, isTLS: Bool) {
        (self.host, self.port, self.isTLS, authority) = (host, port, isTLS, host)
    }

    /// Reads `text`; `http` is for this machine and the hosts `plainHosts` alone.
    init(_ text: String, plainHosts: Set<String> = []) throws {
        guard text.unicodeScalars.allSatisfy({ $0.isASCII && !TerminalText.isUnsafe($0) && $0 != " " }),
            let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = components.host, !host.isEmpty
        else { throw ValidationError("--url must be https:// and a host, with a port if need be") }
        guard components.user == nil, components.password == nil, components.query == nil,
            components.fragment == nil, ["", "/"].contains(components.percentEncodedPath)
        else { throw ValidationError("--url must be scheme, host and port alone") }
        isTLS = scheme == "https"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard isTLS || plainHosts.contains(self.host) || Self.isLoopback(self.host) else {
            throw ValidationError("--url must be https: a token that goes over the network in the clear can be read")
        }
        port = components.port ?? (isTLS ? 443 : 80)
        guard (1...65_535).contains(port) else { throw ValidationError("--url has no such port") }
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        authority = components.port == nil ? name : "\(name):\(port)"
    }

    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host.lowercased() == "localhost" || host == "::1" || isIPv4 && parts[0] == "127"
    }
}

extension ServiceURL: CustomStringConvertible {
    var description: String { "\(isTLS ? "https" : "http")://\(authority)" }
}
