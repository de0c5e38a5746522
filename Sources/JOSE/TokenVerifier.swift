package import FoundationEssentials

/// Decides whether a token is genuine and says what is expected of it.
///
/// Every check of RFC 7515 section 5.2 and RFC 7519 section 7.2 that applies to compact, signed tokens is made, in the
/// order of ``Rejection``'s groups, and the first that fails is the answer.
package struct TokenVerifier: Sendable {
    package var expectations: TokenExpectations

    package init(_ expectations: TokenExpectations) {
        self.expectations = expectations
    }

    /// Checks signature and claims of `token` as of `now`.
    package func verify(_ token: UnverifiedToken, with keys: KeySet, now: Date) -> Verdict {
        do {
            let parts = try CompactToken(token.compact.exposed)
            try verifySignature(of: parts, with: keys)
            let claims = try parts.claims()
            let times = try ClaimRules(claims, expectations).check(now: now.timeIntervalSince1970)
            return .accept(VerifiedToken(compact: token.compact, times: times, verifiedAt: now, claims: claims))
        } catch {
            return .reject(error)
        }
    }

    /// Checks the signature alone; the payload may be anything.
    ///
    /// - Returns: the first rule broken, or `nil` when the signature is valid.
    package func verifySignature(of token: UnverifiedToken, with keys: KeySet) -> Rejection? {
        do {
            try verifySignature(of: CompactToken(token.compact.exposed), with: keys)
            return nil
        } catch {
            return error
        }
    }

    private func verifySignature(of token: CompactToken, with keys: KeySet) throws(Rejection) {
        let header = try token.header().root
        guard let name = header["alg"] else { throw .algorithmMissing }
        guard let algorithm = name.string.flatMap(SignatureAlgorithm.init),
            expectations.algorithms.contains(algorithm)
        else { throw .algorithmNotAllowed }
        guard header["crit"] == nil else { throw .criticalHeader }
        let candidates = try candidates(in: keys, for: algorithm, header: header)
        let isValid = token.bytes.withUnsafeBufferPointer { bytes in
            token.signature.withUnsafeBufferPointer { signature in
                let signed = UnsafeBufferPointer(rebasing: bytes[..<token.signedCount])
                return candidates.contains { $0.key.isValid(signature, over: signed, algorithm) }
            }
        }
        guard isValid else { throw .signatureInvalid }
    }

    /// The keys the signature may be of: those with the header's `kid`, or the only one of the set.
    private func candidates(
        in keys: KeySet,
        for algorithm: SignatureAlgorithm,
        header: JSONValue
    ) throws(Rejection) -> [VerificationKey] {
        guard !keys.keys.isEmpty else { throw .noUsableKey }
        let named: [VerificationKey]
        if let id = header["kid"] {
            guard let id = id.string else { throw .keyIDNotString }
            // By bytes: see the audience.
            named = keys.keys.filter { $0.id?.utf8.elementsEqual(id.utf8) ?? false }
            guard !named.isEmpty else { throw .keyUnknown }
        } else {
            guard keys.keys.count == 1 else { throw .keyIDMissing }
            named = keys.keys
        }
        let fitting = named.filter { $0.fits(algorithm) }
        guard !fitting.isEmpty else { throw .keyDoesNotFit }
        return fitting
    }
}

/// What a verifier says of a token.
package enum Verdict: Sendable {
    case accept(VerifiedToken)
    case reject(Rejection)
}
