internal import SwiftASN1
internal import X509

/// What a signing request may say about its subject (reference: IBM API, section 7), in the order of the request.
package enum SubjectAttribute: String, Sendable, CaseIterable {
    case country = "C"
    case state = "ST"
    case locality = "L"
    case organization = "O"
    case organizationalUnit = "OU"

    /// Characters at most: the upper bounds of RFC 5280 appendix A.1.
    package var longest: Int {
        switch self {
        case .country: 2
        case .state, .locality: 128
        case .organization, .organizationalUnit: 64
        }
    }

    var identifier: ASN1ObjectIdentifier {
        switch self {
        case .country: .RDNAttributeType.countryName
        case .state: .RDNAttributeType.stateOrProvinceName
        case .locality: .RDNAttributeType.localityName
        case .organization: .RDNAttributeType.organizationName
        case .organizationalUnit: .RDNAttributeType.organizationalUnitName
        }
    }

    /// Checks a value as RFC 5280 bounds it; what people could not see in it is refused too.
    func check(_ value: String) throws(CertificateError) {
        if self == .country {
            guard value.utf8.count == 2, value.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
                throw CertificateError(.invalidSubject, "C must be two capital letters, such as DE")
            }
            return
        }
        guard !value.isEmpty else { throw CertificateError(.invalidSubject, "\(rawValue) must not be empty") }
        guard value.unicodeScalars.count <= longest else {
            throw CertificateError(.invalidSubject, "\(rawValue) must have at most \(longest) characters")
        }
        guard value.unicodeScalars.allSatisfy(Self.isVisible) else {
            throw CertificateError(.invalidSubject, "\(rawValue) must have no control or invisible characters")
        }
        guard value.first?.isWhitespace == false, value.last?.isWhitespace == false else {
            throw CertificateError(.invalidSubject, "\(rawValue) must not begin or end with a space")
        }
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
