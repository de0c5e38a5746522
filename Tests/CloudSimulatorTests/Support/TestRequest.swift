import Crypto
import SwiftASN1
import Testing
import X509

/// Certificate signing requests.
enum TestRequest {
    static let key = Certificate.PrivateKey(P256.Signing.PrivateKey())

    /// A request for ``key`` whose subject has the attributes `names`.
    static func pem(
        _ names: [String] = ["C", "O", "OU"],
        attributes: CertificateSigningRequest.Attributes = .init()
    ) throws -> String {
        let types: [String: ASN1ObjectIdentifier] = [
            "C": .RDNAttributeType.countryName, "ST": .RDNAttributeType.stateOrProvinceName,
            "L": .RDNAttributeType.localityName, "O": .RDNAttributeType.organizationName,
            "OU": .RDNAttributeType.organizationalUnitName, "CN": .RDNAttributeType.commonName,
            "street": .RDNAttributeType.streetAddress,
        ]
        let subject = try names.map {
            RelativeDistinguishedName.Attribute(type: try #require(types[$0]), utf8String: "US")
        }
        let request = try CertificateSigningRequest(
            version: .v1,
            subject: try DistinguishedName(subject),
            privateKey: key,
            attributes: attributes,
            signatureAlgorithm: .ecdsaWithSHA256
        )
        return try request.serializeAsPEM().pemString
    }

    /// A request of the form that IBM documents: RSA and five attributes.
    static let sample = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIICnDCCAYQCAQAwVzELMAkGA1UEBhMCVVMxDjAMBgNVBAgMBVRleGFzMQ8wDQYD
        VQQHDAZEYWxsYXMxFDASBgNVBAoMC0V4YW1wbGUgT3JnMREwDwYDVQQLDAhQbGF0
        Zm9ybTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAKEiHl+l1Y6YYkrI
        Ta8/cOjiyBnA/p45NXYXaCIf3m4ytyolyXpjGiSQUNx7nt8F1atf3MdkcDCfH99Y
        nnWLLzfHpVEpj7nnd/+26yCYBk39FWPUPSgM1193hOp2XdQO/y6/fygDNkrT1qmT
        AMugcnRu/2STTGvAkraJ0Q9bXVGF7JvjEMmplB7/D71tfSvYKH8Ac7RfpDFNHp8E
        PK3D+npbVEcAAJVNWlUKAfYBB37j5cm8nJ5Q1jO2qrum5JDFunVDLTrlo/XE+QbI
        Rb2UXkRl5i7tMZLCzGsW7OCj3zh+ddkQzXJVVGxDm8iRL8S0SkUl+khm7qYBIjNE
        cAlscl0CAwEAAaAAMA0GCSqGSIb3DQEBCwUAA4IBAQCWQlxPnpByOKJSRAaiOcT3
        KTIpstdWmJTCGoLCehe/ichTaD8731niyi0PPrRn0J7K1gpJDukPn4DoG3B/0MQP
        K2gIyP/aZcVAhrXJE/rli8Q3yfzGnoC4NpWszCjP/yZinZyHpbZt6s9q5Veq88M/
        M4uUNExHa++x0b5ggJXrgz7g96U4eXSyDM8y3JQ2ogWSRSPjzcWx6BXS1NthCNna
        XjWlCxe8b+fbp34ZyqUkonhVCNwWiADUnzMi0PTxpun3M8UT9Tps0T4mZBvHUCq0
        KvoFv5HsmAc3kOxqglW/skO8VvxvkDsRHXusrCyRlAkVpQ/CdSLZJ5Aj/eDRqEL9
        -----END CERTIFICATE REQUEST-----
        """
}
