/// What came back: the parts of an HTTP response that the adapters look at.
struct HTTPAnswer: Sendable {
    let status: Int
    /// The `Retry-After` header as it was sent.
    let retryAfter: String?
    /// The `Date` header as it was sent.
    let date: String?
    let body: [UInt8]
}
