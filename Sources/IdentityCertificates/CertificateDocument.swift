internal import SwiftASN1
internal import X509

/// Certificates as text.
enum CertificateDocument {
    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// Reads one certificate in PEM with nothing before and nothing after it but white space.
    static func certificate(_ text: String) -> Certificate? {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        guard text.hasPrefix(begin), text.hasSuffix(end), text.ranges(of: end).count == 1 else { return nil }
        return try? Certificate(pemEncoded: String(text))
    }

    /// Each certificate of a file in PEM, as ``certificate(_:)`` reads it; comments are left out.
    static func split(_ text: String) -> [String]? {
        guard let documents = try? PEMDocument.parseMultiple(pemString: text),
            documents.allSatisfy({ $0.discriminator == Certificate.defaultPEMDiscriminator })
        else { return nil }
        return documents.map(\.pemString)
    }

    /// The form that is written, whatever form was read.
    static func text(_ certificate: Certificate) throws -> String {
        try certificate.serializeAsPEM().pemString + "\n"
    }
}
