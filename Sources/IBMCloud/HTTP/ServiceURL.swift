/// The base URL of a service: `http` or `https`, a host, perhaps a port and a path.
///
/// No user, query or fragment.
package struct ServiceURL: Sendable, Hashable {
    package let isEncrypted: Bool
    package let host: String
    /// Scheme, authority and path, without a slash at the end.
    private let text: String

    /// `nil` when `text` is not such a URL.
    package init?(_ text: String) {
        let isEncrypted = text.hasPrefix("https://")
        guard isEncrypted || text.hasPrefix("http://"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"?#@\"<>"#.utf8.contains($0) })
        else { return nil }
        let rest = text.dropFirst(isEncrypted ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        guard let (host, port) = Self.split(authority), !host.isEmpty else { return nil }
        if let port {
            guard !port.isEmpty, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port),
                number > 0
            else { return nil }
        }
        self.isEncrypted = isEncrypted
        self.host = String(host)
        let slashes = text.reversed().prefix { $0 == "/" }.count
        self.text = String(text.dropLast(slashes))
    }

    /// `path` starts with a slash and may carry a query.
    func appending(_ path: String) -> String { text + path }

    /// Host and port, as they stand in the URL.
    var authority: String { String(text.dropFirst(isEncrypted ? 8 : 7).prefix { $0 != "/" }) }

    /// What stands after ``authority``: empty, or a path without a slash at the end.
    var path: String { String(text.dropFirst(isEncrypted ? 8 : 7).drop { $0 != "/" }) }

    /// Whether what is sent stays on this machine.
    package var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        // An address, and not a name such as 127.example.com.
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether it is the metadata service, which may be spoken to without encryption, or this machine.
    package var isLinkLocal: Bool {
        isLoopback || host == "169.254.169.254" || host == "api.metadata.cloud.ibm.com"
    }

    /// Host and port; an IPv6 address keeps its brackets.
    private static func split(_ authority: Substring) -> (host: Substring, port: Substring?)? {
        let hostEnd: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            hostEnd = authority.index(after: bracket)
            let address = authority[..<bracket].dropFirst()
            guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
            let isName = authority[..<hostEnd].allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }
            guard isName else { return nil }
        }
        let rest = authority[hostEnd...]
        guard !rest.isEmpty else { return (authority, nil) }
        guard rest.hasPrefix(":") else { return nil }
        return (authority[..<hostEnd], rest.dropFirst())
    }
}

extension ServiceURL: CustomStringConvertible {
    package var description: String { text }
}
