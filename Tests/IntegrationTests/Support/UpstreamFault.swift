import CloudSimulator
import Testing

/// A way in which the cloud fails, and what a workload is told of it.
struct UpstreamFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let endpoint: Endpoint
    let fault: Fault
    /// A part of the message.
    let says: String

    init(_ name: String, _ endpoint: Endpoint, _ fault: Fault, says: String) {
        (testDescription, self.endpoint, self.fault, self.says) = (name, endpoint, fault, says)
    }

    /// Of the exchange for a token of a profile.
    static let exchange = [
        UpstreamFault("closes", .iamToken, Fault(delivery: .drop), says: "the connection broke"),
        UpstreamFault("200 without a body", .iamToken, .body(.empty), says: "the answer is empty"),
        UpstreamFault("200, truncated", .iamToken, Fault(delivery: .truncate(40)), says: "the connection broke"),
        UpstreamFault("200 with half a body", .iamToken, .body(.text(#"{"access_token":"x"#)), says: "cannot be read"),
        UpstreamFault("200, not JSON", .iamToken, .body(.text("<html>")), says: "cannot be read"),
        UpstreamFault("no expires_at", .iamToken, Fault(omitting: ["expires_at"]), says: "no usable expires_at"),
        UpstreamFault("no access_token", .iamToken, Fault(omitting: ["access_token"]), says: "no usable access_token"),
        UpstreamFault("401", .iamToken, .status(401), says: "HTTP 401"),
        UpstreamFault("403", .iamToken, .status(403), says: "HTTP 403"),
        UpstreamFault("404", .iamToken, .status(404), says: "check that http://127.0.0.1"),
        UpstreamFault("429", .iamToken, .status(429, retryAfter: 7), says: "less often"),
        UpstreamFault("500", .iamToken, .status(500), says: "HTTP 500"),
        UpstreamFault("503", .iamToken, .status(503, retryAfter: 9), says: "HTTP 503"),
        UpstreamFault("unknown key", .iamToken, Fault(token: [.wrongKey]), says: "was refused"),
        UpstreamFault("wrong signature", .iamToken, Fault(token: [.wrongSignature]), says: "was refused"),
        UpstreamFault("expired token", .iamToken, Fault(token: [.expired]), says: "was refused"),
        UpstreamFault("other profile", .iamToken, Fault(token: [.otherProfile]), says: "was refused"),
        UpstreamFault("other account", .iamToken, Fault(token: [.otherAccount]), says: "was refused"),
    ]

    /// Of the calls around the exchange.
    static let surroundings = [
        UpstreamFault("identity closes", .identityToken, Fault(delivery: .drop), says: "the connection broke"),
        UpstreamFault("identity empty", .identityToken, .body(.empty), says: "the answer is empty"),
        UpstreamFault(
            "identity without end",
            .identityToken,
            Fault(omitting: ["expires_at"]),
            says: "no usable expires_at"
        ),
        UpstreamFault("identity 404", .identityToken, .status(404), says: "check that http://127.0.0.1"),
        UpstreamFault("identity 500", .identityToken, .status(500), says: "HTTP 500"),
        UpstreamFault("identity expired", .identityToken, Fault(token: [.expired]), says: "check the clock"),
        UpstreamFault("identity with another nonce", .identityToken, Fault(token: [.wrongNonce]), says: "nonce"),
        UpstreamFault("keys close", .keys, Fault(delivery: .drop), says: "the connection broke"),
        UpstreamFault("keys empty", .keys, .body(.empty), says: "key"),
        UpstreamFault("keys not JSON", .keys, .body(.text("<html>")), says: "key"),
        UpstreamFault("no keys", .keys, .body(.text(#"{"keys":[]}"#)), says: "key"),
        UpstreamFault("keys 500", .keys, .status(500), says: "HTTP 500"),
    ]

    /// Those that end with a deadline.
    static let silence = [
        UpstreamFault("hangs", .iamToken, Fault(delivery: .hang), says: "within 1"),
        UpstreamFault("drips", .iamToken, .drip, says: "not complete within 1"),
        UpstreamFault("identity hangs", .identityToken, Fault(delivery: .hang), says: "within 1"),
        UpstreamFault("identity drips", .identityToken, .drip, says: "not complete within 1"),
        UpstreamFault("keys hang", .keys, Fault(delivery: .hang), says: "within 1"),
    ]
}

extension Fault {
    fileprivate static let drip = Fault(delivery: .drip(bytes: 1, interval: .milliseconds(100)))

    /// Answers 200 with this body.
    fileprivate static func body(_ body: FaultAnswer.Body) -> Fault {
        Fault(answer: FaultAnswer(status: 200, body: body))
    }
}
