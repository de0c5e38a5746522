/// Where IAM is.
package struct IAMConfiguration: Sendable {
    package var url: ServiceURL
    /// The whole URL of the key set, when it is not `{url}/identity/keys`.
    package var keySetURL: ServiceURL?
    package var deadlines: HTTPDeadlines
    package var trust: TLSTrust

    package init(
        url: ServiceURL,
        keySetURL: ServiceURL? = nil,
        deadlines: HTTPDeadlines = .network,
        trust: TLSTrust = .systemRoots
    ) {
        (self.url, self.keySetURL, self.deadlines, self.trust) = (url, keySetURL, deadlines, trust)
    }
}
