/// Where the instance identity token comes from: the metadata service, or a file on Kubernetes.
package protocol IdentityTokenSource: Sendable {
    /// Obtains a new identity token. Callers keep it until shortly before ``InstanceIdentityToken/expiresAt``.
    ///
    /// The source makes sure that the token is the one it asked for (nonce) and not expired, within its own deadlines.
    func identityToken() async throws(AcquisitionError) -> InstanceIdentityToken
}
