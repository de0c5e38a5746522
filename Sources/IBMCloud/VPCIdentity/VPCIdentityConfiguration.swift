/// Where the metadata service is, and how it is asked for identity tokens.
package struct VPCIdentityConfiguration: Sendable {
    /// With https it has to be the host name: the certificate is for `api.metadata.cloud.ibm.com`.
    package var url: ServiceURL
    package var deadlines: HTTPDeadlines
    package var trust: TLSTrust
    /// Send a nonce, and refuse identity tokens that do not carry it.
    ///
    /// Metadata services from before 23 June 2026 do not know the nonce. It is never left out silently.
    package var requireNonce: Bool

    package init(
        url: ServiceURL,
        deadlines: HTTPDeadlines = .linkLocal,
        trust: TLSTrust = .systemRoots,
        requireNonce: Bool = true
    ) {
        (self.url, self.deadlines, self.trust, self.requireNonce) = (url, deadlines, trust, requireNonce)
    }
}
