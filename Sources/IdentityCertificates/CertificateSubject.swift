internal import X509

/// Whom a certificate is asked for: at least one attribute, each within its bounds.
///
/// A common name cannot be asked for: the metadata service puts the instance's ID there and refuses a request that has one.
package struct CertificateSubject: Sendable, Hashable {
    private let values: [SubjectAttribute: String]

    /// Checks each value; an attribute that is not named is not asked for.
    package init(_ values: [SubjectAttribute: String]) throws(CertificateError) {
        guard !values.isEmpty else {
            throw CertificateError(.invalidSubject, "a subject must have at least one of C, ST, L, O and OU")
        }
        for attribute in SubjectAttribute.allCases {
            if let value = values[attribute] { try attribute.check(value) }
        }
        self.values = values
    }

    /// The same from the parts of a configuration.
    package init(
        country: String? = nil,
        state: String? = nil,
        locality: String? = nil,
        organization: String? = nil,
        organizationalUnit: String? = nil
    ) throws(CertificateError) {
        var values: [SubjectAttribute: String] = [:]
        values[.country] = country
        values[.state] = state
        values[.locality] = locality
        values[.organization] = organization
        values[.organizationalUnit] = organizationalUnit
        try self.init(values)
    }

    package subscript(attribute: SubjectAttribute) -> String? { values[attribute] }

    /// Each attribute in a set of its own, as OpenSSL writes a subject.
    var distinguishedName: DistinguishedName {
        get throws {
            try DistinguishedName(
                SubjectAttribute.allCases.compactMap { attribute in
                    try values[attribute]
                        .map { value in
                            let type = attribute.identifier
                            // RFC 5280 appendix A.1: a country is a PrintableString and nothing else.
                            let one: RelativeDistinguishedName.Attribute =
                                attribute == .country
                                ? try .init(type: type, printableString: value) : .init(type: type, utf8String: value)
                            return RelativeDistinguishedName(one)
                        }
                }
            )
        }
    }
}

extension CertificateSubject: CustomStringConvertible {
    /// As ``init(_:)-(String)`` reads it.
    package var description: String {
        SubjectAttribute.allCases
            .compactMap { attribute in values[attribute].map { "\(attribute.rawValue)=\(Self.escaping($0))" } }
            .joined(separator: ",")
    }

    private static func escaping(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            text += (",\\".contains(character) ? "\\" : "") + String(character)
        }
    }
}
