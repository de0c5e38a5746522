internal import ArgumentParser
internal import FoundationEssentials

/// Where a request with a token goes.
struct RequestTarget: Sendable, Equatable {
    let service: ServiceURL
    /// Path and query, percent-encoded.
    let path: String

    /// Reads an URL; `http` is for this machine alone.
    init(_ text: String) throws {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        guard isPlain, let components = URLComponents(string: text), components.scheme != nil,
            components.fragment == nil, let slashes = text.firstRange(of: "://")
        else { throw ValidationError("the URL must be https://, a host, a path and perhaps a query, percent-encoded") }
        // Cut by hand: nothing that comes after may be taken for the host.
        let rest = text[slashes.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        service = try ServiceURL(String(text[..<slashes.upperBound] + authority))
        let path = rest.dropFirst(authority.count)
        self.path = path.hasPrefix("/") ? String(path) : "/" + path
    }

    /// Whether the host is IBM Cloud's own, or one of `others`.
    ///
    /// Under `appdomain.cloud` customers' programs have names, too: only Object Storage and Secrets Manager count
    /// (reference: IBM API, sections 8.6 and 9.5).
    func mayHaveToken(allowing others: [String]) -> Bool {
        if others.contains(where: { $0.lowercased() == service.authority.lowercased() }) { return true }
        let host = service.host.lowercased()
        let isIBMs = Self.domains.contains { host.hasSuffix($0) } || host == "cloud.ibm.com"
        return isIBMs && service.isTLS && service.port == 443
    }

    private static let domains = [
        ".cloud.ibm.com", ".cloud-object-storage.appdomain.cloud", ".secrets-manager.appdomain.cloud",
    ]
}
