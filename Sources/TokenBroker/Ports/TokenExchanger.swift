package import JOSE

/// Exchanges the instance identity token for the IAM token of a trusted profile (in the manner of RFC 8693).
package protocol TokenExchanger: Sendable {
    /// Obtains one token. It makes no further attempt when this one fails: when to try again is the caller's to decide.
    ///
    /// - Throws: ``AcquisitionError``; with ``AcquisitionError/Code/identityRejected`` the caller gets a new identity
    ///   token and tries once more.
    func exchange(
        _ identity: InstanceIdentityToken,
        for profile: TrustedProfile
    ) async throws(AcquisitionError) -> UnverifiedToken
}
