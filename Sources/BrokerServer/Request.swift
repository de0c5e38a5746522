internal import NIOHTTP1

/// A request that was read whole, from a peer that the kernel vouches for.
struct Request: Sendable {
    let method: HTTPMethod
    /// The path, as it was sent; it starts with `/`.
    let path: String
    /// What follows the first `?`; empty when there is none.
    let query: String
    let headers: HTTPHeaders
    let body: [UInt8]

    init(head: HTTPRequestHead, body: [UInt8]) {
        method = head.method
        headers = head.headers
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        query = parts.count > 1 ? String(parts[1]) : ""
        self.body = body
    }
}
