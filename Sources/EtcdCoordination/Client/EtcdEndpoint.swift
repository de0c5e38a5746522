/// Where one member of an etcd cluster answers: `http` or `https`, a host and a port, and nothing else.
package struct EtcdEndpoint: Sendable, Hashable, CustomStringConvertible {
    package let isEncrypted: Bool
    package let host: String
    package let description: String

    /// `nil` when `text` is not such a URL; a slash at its end is dropped.
    package init?(_ text: String) {
        isEncrypted = text.hasPrefix("https://")
        guard isEncrypted || text.hasPrefix("http://") else { return nil }
        var authority = text.dropFirst(isEncrypted ? 8 : 7)
        if authority.last == "/" { authority.removeLast() }
        guard let colon = authority.lastIndex(of: ":"), let port = UInt16(authority[colon...].dropFirst()), port > 0,
            authority[colon...].dropFirst().utf8.allSatisfy(Self.isDigit)
        else { return nil }
        let host = authority[..<colon]
        guard host.hasPrefix("[") ? Self.isAddress(host) : Self.isName(host) else { return nil }
        self.host = String(host)
        description = "\(isEncrypted ? "https" : "http")://\(authority)"
    }

    /// Whether what is sent there stays on this machine.
    package var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func isName(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            }
    }

    /// An IPv6 address in brackets.
    private static func isAddress(_ text: Substring) -> Bool {
        let inner = text.dropFirst().dropLast()
        return text.last == "]" && !inner.isEmpty && inner.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
}
