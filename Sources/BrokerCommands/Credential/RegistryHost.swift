/// The host of a container registry, as tools write it.
struct RegistryHost: Sendable, Equatable {
    /// In lower case.
    let name: String

    /// Reads `HOST`, `HOST:443`, `HOST/PATH`, or these behind `https://`.
    ///
    /// - Returns: nil for what is not reached with TLS at the standard port, and for what two programs may read differently:
    ///   user names, trailing dots, letters outside of ASCII.
    init?(_ text: String) {
        // Before anything else: some letters outside of ASCII have one of ASCII as their lower case.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var rest = text[...]
        let scheme = "https://"
        if rest.prefix(scheme.count).lowercased() == scheme { rest = rest.dropFirst(scheme.count) }
        var authority = rest.prefix { $0 != "/" }
        if authority.hasSuffix(":443") { authority = authority.dropLast(4) }
        let name = authority.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else { return nil }
        self.name = name
    }

    /// Whether it is IBM Cloud Container Registry's (reference: IBM API, section 8.10).
    var isIBMs: Bool { name == "icr.io" || name.hasSuffix(".icr.io") }

    private static func isLabel(_ label: Substring) -> Bool {
        !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    /// The user name that goes with an IAM token.
    static let userName = "iambearer"
}
