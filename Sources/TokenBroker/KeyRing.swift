internal import FoundationEssentials
internal import JOSE

/// A key that left the key set and still counts for tokens from before.
struct KeptKey: Sendable {
    let keyID: String
    /// The last key set that had it.
    let keys: KeySet
    let withdrawnAt: Date
    /// When the last token ends that the broker obtained while the key was published.
    let end: Date
}

/// The keys that tokens are verified with at one moment.
struct KeyRing: Sendable {
    let published: KeySet
    let kept: [KeptKey]

    /// What the published keys say of a token; when they do not know its key, what those say that were kept.
    ///
    /// With a key that was kept, a token passes that was issued before the key was withdrawn, and ends no later than the tokens that the broker got
    /// meanwhile: whoever has stolen the key gains nothing that lasts.
    func verify(_ token: UnverifiedToken, _ verifier: TokenVerifier, now: Date) -> Verdict {
        let verdict = verifier.verify(token, with: published, now: now)
        guard case .reject(.keyUnknown) = verdict, !kept.isEmpty, let keyID = token.keyID,
            let key = kept.first(where: { $0.keyID == keyID })
        else { return verdict }
        let verdictOfKept = verifier.verify(token, with: key.keys, now: now)
        guard case .accept(let verified) = verdictOfKept else { return verdictOfKept }
        guard verified.issuedAt <= key.withdrawnAt, verified.expiresAt <= key.end else { return verdict }
        return verdictOfKept
    }
}
