internal import FoundationEssentials
internal import JOSE
internal import KeyRotation

/// Makes the calls to one service, with an IAM token.
///
/// Nothing is tried twice here: whoever keeps the journal decides that.
struct ServiceClient: Sendable {
    /// What people call the service.
    let name: String
    let url: ServiceURL
    /// Which role lets a profile make these calls.
    let role: String
    private let transport: HTTPTransport
    private let token: BearerSource
    private let now: @Sendable () -> Date

    /// The transport is its owner's to shut down.
    init(
        _ name: String,
        at url: ServiceURL,
        role: String,
        _ transport: HTTPTransport,
        token: @escaping BearerSource,
        now: @escaping @Sendable () -> Date
    ) {
        (self.name, self.url, self.role) = (name, url, role)
        (self.transport, self.token, self.now) = (transport, token, now)
    }

    /// The largest answer that is read, in bytes: a page of 100 keys takes about 100 KB.
    static let answerLimit = 1_024 * 1_024

    /// An answer of success to `call`.
    ///
    /// - Parameters:
    ///   - call: is made once.
    ///   - limit: bytes of the answer that are read.
    ///   - isBearer: whether the call has to be authorised.
    ///   - known: what a refusal means in particular; `nil` for what its status says.
    /// - Returns: the answer.
    /// - Throws: the fault of the call, or the end of the process.
    func send(
        _ call: ServiceCall,
        limit: Int = answerLimit,
        isBearer: Bool = true,
        known: (ServiceRefusal) -> KnownRefusal? = { _ in nil }
    ) async throws(CallStop) -> HTTPAnswer {
        guard !Task.isCancelled else { throw .interrupted }
        var bearer: Redacted<String>?
        if isBearer {
            switch await token() {
            case .success(let token): bearer = token
            case .failure(let fault): throw Task.isCancelled ? .interrupted : .fault(fault)
            }
        }
        let answer: HTTPAnswer
        do {
            answer = try await transport.send(call.request(to: url, bearer: bearer), limit: limit)
        } catch {
            guard error != .cancelled else { throw .interrupted }
            throw .fault(call.fault(error.issuerCode, "\(error); \(error.issuerAdvice(name, url))"))
        }
        guard (200..<300).contains(answer.status) else {
            throw .fault(ServiceRefusal(answer).fault(of: call, self, known: known, now: now()))
        }
        return answer
    }

    /// The JSON object that answers `call`.
    ///
    /// - Parameters:
    ///   - call: is made once.
    ///   - limit: bytes of the answer that are read.
    ///   - isBearer: whether the call has to be authorised.
    ///   - known: what a refusal means in particular; `nil` for what its status says.
    /// - Returns: the answer.
    /// - Throws: the fault of the call, or the end of the process.
    func object(
        _ call: ServiceCall,
        limit: Int = answerLimit,
        isBearer: Bool = true,
        known: (ServiceRefusal) -> KnownRefusal? = { _ in nil }
    ) async throws(CallStop) -> JSONValue {
        let answer = try await send(call, limit: limit, isBearer: isBearer, known: known)
        do {
            return try answer.object(limit: limit)
        } catch {
            throw call.malformed(error, from: name)
        }
    }

    /// What `read` makes of the JSON object that answers `call`.
    ///
    /// - Parameters:
    ///   - call: is made once.
    ///   - limit: bytes of the answer that are read.
    ///   - known: what a refusal means in particular; `nil` for what its status says.
    ///   - read: throws for an answer that is not what it should be.
    /// - Returns: what `read` returns.
    /// - Throws: the fault of the call, or the end of the process.
    func read<Result>(
        _ call: ServiceCall,
        limit: Int = answerLimit,
        known: (ServiceRefusal) -> KnownRefusal? = { _ in nil },
        _ read: (JSONValue) throws(AnswerFault) -> Result
    ) async throws(CallStop) -> Result {
        let object = try await object(call, limit: limit, known: known)
        do {
            return try read(object)
        } catch {
            throw call.malformed(error, from: name)
        }
    }
}

extension TransportFailure {
    /// A handshake that failed may be one that failed late, so it does not count as not sent.
    var issuerCode: IssuerFault.Code {
        switch self {
        case .notConnected, .connectTimedOut: .notSent
        case .untrusted, .firstByteTimedOut, .totalTimedOut, .broken, .tooLarge, .cancelled: .unknownOutcome
        case .unsendable: .rejected
        }
    }

    func issuerAdvice(_ service: String, _ url: ServiceURL) -> String {
        switch self {
        case .notConnected, .connectTimedOut:
            "nothing was sent; check name resolution, routes and security groups on the way to \(url); "
                + "proxies are not used"
        case .untrusted:
            "check that \(url) names the host of the certificate, and that the CA file, if one is set, is of its issuer"
        case .firstByteTimedOut, .totalTimedOut, .broken:
            "it is not known whether \(service) did it; it is looked at again"
        case .tooLarge, .unsendable, .cancelled: "check that \(url) is the URL of \(service)"
        }
    }
}
