/// How an endpoint misbehaves until the fault is used up, replaced or cleared.
package struct Fault: Sendable, Equatable {
    /// How long nothing happens before the request is worked on.
    package var delay: Duration = .zero
    /// How the answer goes over the wire.
    package var delivery = Delivery.whole
    /// What is answered instead of the truth.
    package var answer: FaultAnswer?
    /// Members that are left out of a 200.
    package var omitted: Set<String> = []
    /// What is wrong with the token.
    package var token: Set<TokenFault> = []
    /// What is wrong with the certificates.
    package var certificate: Set<CertificateFault> = []
    /// Whether the request is carried out two times, of which the second is answered.
    package var isCarriedOutTwice: Bool
    /// How many more requests it meets; `nil` for all.
    package var times: Int?

    package init(
        delay: Duration = .zero,
        delivery: Delivery = .whole,
        answer: FaultAnswer? = nil,
        omitting omitted: Set<String> = [],
        token: Set<TokenFault> = [],
        certificate: Set<CertificateFault> = [],
        isCarriedOutTwice: Bool = false,
        times: Int? = nil
    ) {
        self.delay = delay
        self.delivery = delivery
        self.answer = answer
        self.omitted = omitted
        self.token = token
        self.certificate = certificate
        self.isCarriedOutTwice = isCarriedOutTwice
        self.times = times
    }

    /// Answers with `status` alone, in the error shape of the service.
    package static func status(_ status: Int, retryAfter: Int? = nil, times: Int? = nil) -> Fault {
        Fault(answer: FaultAnswer(status: status, retryAfter: retryAfter), times: times)
    }
}

/// How an answer goes over the wire.
package enum Delivery: Sendable, Equatable {
    case whole
    /// The connection is closed without a byte of an answer.
    case drop
    /// The request is carried out; then the connection is closed without a byte of an answer.
    case dropAfter
    /// Nothing is answered until the client leaves.
    case hang
    /// The body comes in pieces of `bytes`, `interval` apart.
    case drip(bytes: Int, interval: Duration)
    /// The head promises the whole body, this many bytes of it follow, and the connection is closed.
    case truncate(Int)
}

/// An answer that has nothing to do with the request.
package struct FaultAnswer: Sendable, Equatable {
    package var status: Int
    package var body: Body
    /// Seconds in a `Retry-After` header, if there is to be one.
    package var retryAfter: Int?

    package init(status: Int, body: Body = .service, retryAfter: Int? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }

    package enum Body: Sendable, Equatable {
        /// The error of the service that was asked; empty for a status below 400.
        case service
        case empty
        case text(String)
    }
}

/// What may be wrong with a token that looks right.
package enum TokenFault: String, Sendable, CaseIterable {
    /// Signed with a key that is in no key set, and says so in its `kid`.
    case wrongKey = "wrong_key"
    /// Names a key of the key set but is signed with another one.
    case wrongSignature = "wrong_signature"
    /// Expired an hour ago.
    case expired
    case otherProfile = "other_profile"
    case otherAccount = "other_account"
    /// Claims, and is answered with, a nonce that nobody asked for.
    case wrongNonce = "wrong_nonce"
}
