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

    package init(
        identity: IdentityTokens,
        exchanger: any TokenExchanger,
        keys: KeySetCache,
        issuer: TokenIssuer,
        time: any TimeSource,
        audit: any AuditLog
    ) {
        self.identity = identity
        self.exchanger = exchanger
        self.keys = keys
        self.issuer = issuer
        self.time = time
        self.audit = audit
    }

    /// Obtains a token of `profile` that passed verification.
    func token(of profile: TrustedProfile) async throws(AcquisitionError) -> VerifiedToken {
        var identityToken = try await identity.token()
        // Only a lock ends an attempt, and nothing is asked for a locked profile.
        guard !Task.isCancelled else { throw .lockedMeanwhile }
        let unverified: UnverifiedToken
        do {
            unverified = try await exchanger.exchange(identityToken, for: profile)
        } catch  where error.code == .identityRejected {
            // It may have ended early; a new one is tried once.
            await identity.invalidate(identityToken)
            identityToken = try await identity.token()
            unverified = try await exchanger.exchange(identityToken, for: profile)
        }
        do {
            return try await verify(unverified, of: profile, accountID: identityToken.accountID)
        } catch  where error.code == .tokenRejected {
            // The next attempt starts from the beginning: the identity itself may be of another account.
            await identity.invalidate(identityToken)
            throw error
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
        let expectations = issuer.expectations(of: profile, instanceAccountID: accountID)
        // A name means something in one account only, and so does "the default".
        guard expectations.accountID != nil || expectations.profile?.isByID == true else {
            throw AcquisitionError(
                .requestRejected,
                "profile \(profile.name) is not given by ID and the account is not known; set account in the configuration"
            )
        }
        let verifier = TokenVerifier(expectations)
        let keyID = token.keyID
        var verdict = try await keys.keyRing().verify(token, verifier, now: time.now.wall)
        if case .reject(.keyUnknown) = verdict, let keyID, let newer = await keys.keyRing(lookingFor: keyID) {
            verdict = newer.verify(token, verifier, now: time.now.wall)
        }
        // The leeway is for clocks that differ; a token that has ended by ours is of no use to anybody.
        if case .accept(let verified) = verdict, verified.expiresAt <= time.now.wall { verdict = .reject(.expired) }
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
