internal import BrokerAPI
internal import NIOHTTP1

/// A request that a private endpoint sends on to the daemon.
struct EndpointRequest: Sendable {
    let method: HTTPMethod
    /// Path and query at the daemon, bound to the profile of the endpoint.
    let target: String
    let headers: [(name: String, value: String)]

    /// Why a request is not sent on.
    enum Refusal: Error, Sendable, Equatable {
        /// The secret is not in it: nothing is said, not even what this is.
        case stranger
        case unknownPath
        case method
        case host
    }

    private static let fixedPaths: Set = [
        "identity/v1/token", "identity/v1/iam_tokens", "instance_identity/v1/token", "instance_identity/v1/iam_token",
        "identity/token", "oidc/token", "identity/keys",
    ]

    /// About this connection alone, or written anew (RFC 9110 sections 7.6.1 and 8.6); all others go on, and the daemon
    /// refuses those of browsers and proxies.
    private static let ownFields: Set = [
        "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// - Parameters:
    ///   - head: as it came.
    ///   - secret: what the path has to begin with.
    ///   - profile: the only one that may be had.
    ///   - port: of the endpoint, for `Host`.
    /// - Throws: why it is not sent on.
    init(_ head: HTTPRequestHead, _ secret: EndpointSecret, profile: String, port: Int) throws(Refusal) {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first ?? ""
        // Looked at before all else: strangers learn of no rule.
        let guess = path.dropFirst().prefix { $0 != "/" }
        guard path.hasPrefix("/"), secret.isEqual(to: guess) else { throw .stranger }
        let hosts = head.headers["host"]
        guard hosts.count == 1, ["127.0.0.1:\(port)", "localhost:\(port)"].contains(hosts[0].lowercased()) else {
            throw .host
        }
        // As at the daemon, repeated slashes count as one.
        let segments = path.dropFirst(1 + guess.count).split(separator: "/")
        let ibmPath = segments.joined(separator: "/")
        guard Self.fixedPaths.contains(ibmPath) || (ibmPath.hasPrefix("metadata/v1/") && segments.count > 2) else {
            throw .unknownPath
        }
        guard [.GET, .PUT, .POST].contains(head.method) else { throw .method }
        method = head.method
        let place = "\(BrokerPath.bound)/\(BrokerClient.percentEncoding(profile))/\(ibmPath)"
        target = parts.count > 1 ? "\(place)?\(parts[1])" : place
        headers = head.headers.filter { !Self.ownFields.contains($0.name.lowercased()) }
            .map { (name: $0.name, value: $0.value) }
    }
}
