package import FoundationEssentials
internal import X509

/// A chain of certificates that passed every check, with the key that it is for.
///
/// It proves that the answer fits what was asked for. Without roots it does not prove who signed: IBM publishes no root,
/// so the answer is believed because of the connection that it came over.
package struct CheckedChain: Sendable {
    package let key: IdentityKey
    /// All certificates in PEM, the instance's own first.
    package let pem: String
    /// How many there are.
    package let count: Int
    /// The serial number of the instance's own, in hexadecimal digits, as OpenSSL prints it.
    package let serial: String
    /// The subject of the instance's own, in the order of its parts; text from outside.
    package let subject: String
    /// From when to when the instance's own is valid.
    package let notBefore: Date
    package let notAfter: Date
    /// When the first of the chain to end ends.
    package let usableUntil: Date

    /// Certificates at most.
    package static let longest = 8
    /// Bytes of all certificates at most.
    package static let largest = 64 * 1_024
    /// Characters of the subject at most; what is longer is cut.
    private static let longestText = 512
    /// Bytes of a serial number at most (RFC 5280 section 4.1.2.2).
    private static let longestSerial = 20

    /// Checks certificates in PEM, the instance's own first and each signed by the next.
    ///
    /// - Parameters:
    ///   - texts: As they came.
    ///   - key: The key that they must be for.
    ///   - subject: What was asked for. The service may leave attributes out and adds a common name; an attribute with
    ///     another value, or one that was not asked for, is refused.
    ///   - now: The time, at which all must be valid.
    ///   - roots: Who must vouch for the last certificate; nobody need when there are none.
    /// - Throws: ``CertificateError`` with the first check that failed.
    package init(
        certificates texts: [String],
        key: IdentityKey,
        subject: CertificateSubject,
        now: Date,
        roots: TrustRoots? = nil
    ) throws(CertificateError) {
        let chain = try Self.read(texts)
        let leaf = chain[0]
        guard leaf.publicKey == key.publicKey else {
            throw CertificateError(.foreignKey, "the first certificate is for another key")
        }
        guard leaf.isForSigning else {
            throw CertificateError(.wrongUse, "the first certificate is an authority's, or may not be used to sign")
        }
        try leaf.checkSubject(subject)
        try Self.checkTimes(chain, now)
        guard leaf.serialNumber.bytes.count <= Self.longestSerial else {
            throw CertificateError(.malformedChain, "the serial number has more than \(Self.longestSerial) bytes")
        }
        for (index, (certificate, issuer)) in zip(chain, chain.dropFirst()).enumerated() {
            guard issuer.isIssuer(of: certificate, below: index) else {
                throw CertificateError(
                    .brokenChain,
                    "certificate \(index + 1) of \(chain.count) is not signed by the next, or that one may not sign it"
                )
            }
        }
        if let roots, !roots.vouch(for: chain, now: now) {
            throw CertificateError(.untrusted, "none of the roots vouches for the chain")
        }
        do {
            pem = try chain.map(CertificateDocument.text).joined()
        } catch {
            throw CertificateError(.malformedChain, "the certificates cannot be written in PEM")
        }
        (self.key, count) = (key, chain.count)
        (notBefore, notAfter) = (leaf.notValidBefore, leaf.notValidAfter)
        usableUntil = chain.map(\.notValidAfter).min() ?? leaf.notValidAfter
        serial = Self.hexadecimal(leaf.serialNumber.bytes)
        self.subject = String(
            leaf.subject.map { String(describing: $0) }.joined(separator: ",").prefix(Self.longestText)
        )
    }

    /// At least one.
    private static func read(_ texts: [String]) throws(CertificateError) -> [Certificate] {
        guard (1...longest).contains(texts.count) else {
            throw CertificateError(
                .malformedChain,
                "a chain has 1 to \(longest) certificates; this one has \(texts.count)"
            )
        }
        guard texts.reduce(0, { $0 + $1.utf8.count }) <= largest else {
            throw CertificateError(.malformedChain, "the certificates are larger than \(largest / 1_024) KiB")
        }
        var chain: [Certificate] = []
        for (index, text) in texts.enumerated() {
            guard let certificate = CertificateDocument.certificate(text) else {
                throw CertificateError(
                    .malformedChain,
                    "certificate \(index + 1) of \(texts.count) is not one certificate in PEM"
                )
            }
            chain.append(certificate)
        }
        return chain
    }

    private static func checkTimes(_ chain: [Certificate], _ now: Date) throws(CertificateError) {
        for (index, certificate) in chain.enumerated() where !certificate.isInForce(now) {
            let from = certificate.notValidBefore.formatted(.iso8601)
            let until = certificate.notValidAfter.formatted(.iso8601)
            throw CertificateError(
                .notInForce,
                "certificate \(index + 1) of \(chain.count) is valid from \(from) to \(until), "
                    + "and it is \(now.formatted(.iso8601))"
            )
        }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }
}

extension Certificate {
    /// Refuses what was not asked for; names of other kinds, above all the common name, are the service's to give.
    fileprivate func checkSubject(_ asked: CertificateSubject) throws(CertificateError) {
        for one in subject.joined() {
            guard let attribute = SubjectAttribute.allCases.first(where: { $0.identifier == one.type }) else {
                continue
            }
            guard let value = String(one.value), value == asked[attribute] else {
                let value = String(reflecting: String(String(describing: one.value).prefix(64)))
                let wanted = asked[attribute].map { "\(String(reflecting: $0)) was asked for" } ?? "none was asked for"
                throw CertificateError(
                    .wrongSubject,
                    "the certificate has \(attribute.rawValue) \(value), and \(wanted)"
                )
            }
        }
    }
}
