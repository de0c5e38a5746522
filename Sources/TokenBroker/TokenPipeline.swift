internal import AccessPolicy
package import FoundationEssentials
internal import JOSE

/// Obtains and verifies one token: identity, exchange, verification.
package struct TokenPipeline: Sendable {
    private let identity: IdentityTokens
    private let exchanger: any TokenExchanger
    private let keys: KeySetCache
    private let issuer: TokenIssuer
    private let time: any TimeSource
    private let audit: any AuditLog
    private let spans: SpanSource

    package init(
        identity: IdentityTokens,
        exchanger: any TokenExchanger,
        keys: KeySetCache,
        issuer: TokenIssuer,
        time: any TimeSource,
        audit: any AuditLog,
        spans: SpanSource = .none
    ) {
        self.identity = identity
        self.exchanger = exchanger
        self.keys = keys
        self.issuer = issuer
        self.time = time
        self.audit = audit
        self.spans = spans
    }

    /// Obtains a token of `profile` that passed verification.
    func token(of profile: TrustedProfile) async throws(AcquisitionError) -> VerifiedToken {
        var identityToken = try await identity.token()
        // Only a lock ends an attempt, and nothing is asked for a locked profile.
        guard !Task.isCancelled else { throw .lockedMeanwhile }
        let unverified: UnverifiedToken
        do {
            unverified = try await exchange(identityToken, for: profile)
        } catch  where error.code == .identityRejected {
            // It may have ended early; a new one is tried once.
            await identity.invalidate(identityToken)
            identityToken = try await identity.token()
            unverified = try await exchange(identityToken, for: profile)
        }
        do {
            let accountID = identityToken.accountID
            return try await spans.span("token verification") { note throws(AcquisitionError) in
                note.set("iam_broker.profile", profile.name.rawValue)
                return try await verify(unverified, of: profile, accountID: accountID)
            }
        } catch  where error.code == .tokenRejected {
            // The next attempt starts from the beginning: the identity itself may be of another account.
            await identity.invalidate(identityToken)
            throw error
        }
    }

    private func exchange(
        _ identity: InstanceIdentityToken,
        for profile: TrustedProfile
    ) async throws(AcquisitionError) -> UnverifiedToken {
        try await spans.span("token exchange") { note throws(AcquisitionError) in
            note.set("iam_broker.profile", profile.name.rawValue)
            return try await exchanger.exchange(identity, for: profile)
        }
    }

    /// Drops the cached identity token, and the one that is on its way.
    func forgetIdentity() async { await identity.forget() }

    /// Signature, times and issuer of a token of any profile.
    func verify(_ token: UnverifiedToken, with keys: KeyRing, now: Date) -> Verdict {
        var expectations = TokenExpectations()
        expectations.issuer = issuer.issuer
        expectations.leeway = issuer.leeway
        return keys.verify(token, TokenVerifier(expectations), now: now)
    }

    private func verify(
        _ token: UnverifiedToken,
        of profile: TrustedProfile,
        accountID: String?
    ) async throws(AcquisitionError) -> VerifiedToken {
        let keyID = token.keyID
        guard var verdict = verdict(token, of: profile, accountID: accountID, with: try await keys.keyRing()) else {
            throw AcquisitionError(
                .requestRejected,
                "profile \(profile.name) is not given by ID and the account is not known; set account in the configuration"
            )
        }
        if case .reject(.keyUnknown) = verdict, let keyID, let newer = await keys.keyRing(lookingFor: keyID) {
            verdict = self.verdict(token, of: profile, accountID: accountID, with: newer) ?? verdict
        }
        switch verdict {
        case .accept(let verified):
            if let keyID { await keys.verified(verified, with: keyID) }
            return verified
        case .reject(let rejection):
            audit.record(.tokenRejected(profile.name, rejection))
            throw AcquisitionError(
                .tokenRejected,
                "IAM's token for profile \(profile.name) was refused: \(rejection)\(Self.hint(rejection))"
            )
        }
    }

    /// What these keys say of a token that must be one of `profile`.
    ///
    /// - Parameters:
    ///   - token: any text.
    ///   - profile: whose token it must be.
    ///   - accountID: of the instance, where it is known.
    ///   - keys: to verify with.
    /// - Returns: `nil` when it cannot be known: a name means something in one account only, and so does "the default".
    func verdict(
        _ token: UnverifiedToken,
        of profile: TrustedProfile,
        accountID: String?,
        with keys: KeyRing
    ) -> Verdict? {
        let expectations = issuer.expectations(of: profile, instanceAccountID: accountID)
        guard expectations.accountID != nil || expectations.profile?.isByID == true else { return nil }
        let now = time.now.wall
        let verdict = keys.verify(token, TokenVerifier(expectations), now: now)
        // The leeway is for clocks that differ; a token that has ended by ours is of no use to anybody.
        if case .accept(let verified) = verdict, verified.expiresAt <= now { return .reject(.expired) }
        return verdict
    }

    /// The account of the instance, where its identity token tells it; `nil` when that cannot be had.
    func instanceAccountID() async -> String? {
        // Why it cannot be had is told to whoever needs it for an exchange.
        try? await identity.token().accountID
    }

    /// Whether only the account tells which profile is meant.
    func needsAccount(_ profile: TrustedProfile) -> Bool {
        let expectations = issuer.expectations(of: profile, instanceAccountID: nil)
        return expectations.accountID == nil && expectations.profile?.isByID != true
    }

    private static func hint(_ rejection: Rejection) -> String {
        switch rejection {
        case .expired, .issuedInFuture, .notYetValid: "; is this machine's clock right? (timedatectl)"
        case .issuerMismatch: "; compare iam.issuer in the configuration"
        case .accountMismatch: "; compare account and profile in the configuration with the account of this instance"
        default: ""
        }
    }
}

/// Who issues IAM tokens, and what all of them must say.
package struct TokenIssuer: Sendable {
    /// `iss`, such as `https://iam.cloud.ibm.com/identity`.
    package let issuer: String
    /// The account that every profile must be of; `nil`: that of the profile's CRN or of the instance.
    package let accountID: String?
    /// How far IAM's clock and ours may be apart, in seconds (reference: IBM API, section 4.1 rule 6).
    package let leeway: TimeInterval

    package init(issuer: String, accountID: String? = nil, leeway: TimeInterval = 30) {
        self.issuer = issuer
        self.accountID = accountID
        self.leeway = leeway
    }

    func expectations(of profile: TrustedProfile, instanceAccountID: String?) -> TokenExpectations {
        var expectations = TokenExpectations()
        expectations.issuer = issuer
        expectations.leeway = leeway
        switch profile.reference {
        case .id(let id):
            expectations.profile = .id(id.rawValue)
        case .crn(let crn):
            expectations.profile = .id(crn.profileID.rawValue)
            expectations.accountID = crn.accountID
        case .name(let name):
            expectations.profile = .named(name)
        case .instanceDefault:
            expectations.profile = .any
        }
        expectations.accountID = accountID ?? expectations.accountID ?? instanceAccountID
        return expectations
    }
}
