internal import FoundationEssentials
internal import JOSE
internal import TokenBroker

/// One call, and the members that it is sent to.
struct EtcdCall: Sendable {
    let configuration: EtcdConfiguration
    let transport: EtcdTransport
    let time: any TimeSource
    let preferred: PreferredMember

    /// What came of an attempt at one member.
    private enum Outcome {
        case answer([UInt8])
        case verdict(EtcdVerdict)
        case failure(CallFailure)
    }

    /// Sends it to one member after the other, each once, and to the same again when it wants another token.
    func send(
        _ path: String,
        _ body: [UInt8],
        _ nature: EtcdClient.Nature,
        _ login: EtcdLogin?,
        within total: Duration
    ) async throws(EtcdError) -> [UInt8] {
        let deadline = time.now.boot + total
        var token = try await login?.token(insteadOf: nil)
        var isTokenFresh = false
        var failures: [String] = []
        let first = preferred.index
        var turn = 0
        while turn < configuration.endpoints.count {
            let index = (first + turn) % configuration.endpoints.count
            let endpoint = configuration.endpoints[index]
            let left = deadline - time.now.boot
            guard left > .zero else { break }
            let request = EtcdTransport.Request(url: "\(endpoint)/v3/\(path)", token: token, body: body)
            let failure: String
            switch await attempt(request, within: min(left, configuration.deadlines.attempt)) {
            case .answer(let answer):
                preferred.set(index)
                return answer
            case .verdict(.tokenRefused) where login != nil && !isTokenFresh:
                token = try await login?.token(insteadOf: token)
                isTokenFresh = true
                continue
            case .verdict(.notDone(let text)): failure = text
            case .verdict(.foreign(let status)): failure = "HTTP status \(status), not of etcd's JSON gateway"
            case .verdict(.maybeDone(let text)):
                if nature == .once { throw .unknown(endpoint, text) }
                failure = text
            case .verdict(let verdict): throw .final(verdict, at: endpoint, user: configuration.user?.name)
            case .failure(.cancelled): throw EtcdError(.cancelled, "the call to etcd was cancelled")
            case .failure(.tooLarge(let limit)):
                throw EtcdError(.tooLarge, "\(endpoint): the answer is longer than \(limit) bytes")
            case .failure(.notSent(let reason)): failure = reason
            case .failure(let broken):
                let reason = Self.reason(broken, at: endpoint)
                if nature == .once {
                    preferred.turn(from: index)
                    throw .unknown(endpoint, reason)
                }
                failure = reason
            }
            failures.append("\(endpoint): \(failure)")
            preferred.turn(from: index)
            turn += 1
        }
        throw .exhausted(failures)
    }

    /// With TLS 1.3 a member refuses a certificate, or the lack of one, when the client has begun to send: all that is seen is that it hangs up.
    private static func reason(_ failure: CallFailure, at endpoint: EtcdEndpoint) -> String {
        guard endpoint.isEncrypted, case .broken = failure else { return "\(failure)" }
        return "\(failure), as when a member does not take the certificate of this machine"
    }

    private func attempt(_ request: EtcdTransport.Request, within time: Duration) async -> Outcome {
        do throws(CallFailure) {
            let answer = try await transport.send(request, within: time, limit: EtcdClient.answerLimit)
            guard answer.status == 200 else {
                return .verdict(EtcdVerdict(status: answer.status, body: answer.body))
            }
            return .answer(answer.body)
        } catch {
            return .failure(error)
        }
    }

    /// A token for user and password.
    func authenticate(_ user: EtcdConfiguration.User) async -> Result<Redacted<String>, EtcdError> {
        do throws(EtcdError) {
            let body = try WireForm.bytes(Wire.Login(name: user.name, password: user.password.exposed))
            let answer = try await send(
                "auth/authenticate",
                body,
                .repeatable,
                nil,
                within: configuration.deadlines.total
            )
            let token = try WireForm.value(Wire.LoginAnswer.self, answer).token
            // It goes into a header.
            guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw EtcdError(.unreadable, "etcd's token for the user \(user.name) cannot stand in a header")
            }
            return .success(Redacted(token))
        } catch {
            // What etcd says to it is not repeated: it was told a password.
            return .failure(
                error.code == .rejected
                    ? EtcdError(
                        .refused,
                        "etcd does not let the user \(user.name) in; see whether it has authentication on"
                    )
                    : error
            )
        }
    }
}

extension EtcdError {
    fileprivate static func unknown(_ endpoint: EtcdEndpoint, _ reason: String) -> EtcdError {
        EtcdError(
            .unknownOutcome,
            "\(endpoint): \(reason); whether the transaction was carried out is not known, so it is not sent again: what is there "
                + "now is read first"
        )
    }

    fileprivate static func exhausted(_ failures: [String]) -> EtcdError {
        EtcdError(
            .unavailable,
            "etcd does not answer: \(failures.isEmpty ? "no answer in time" : failures.joined(separator: "; ")); see whether the "
                + "members run and can be reached from here"
        )
    }

    /// What no other member would answer differently.
    fileprivate static func final(_ verdict: EtcdVerdict, at endpoint: EtcdEndpoint, user: String?) -> EtcdError {
        let who = user.map { "the user \($0)" } ?? "a caller without a user"
        return switch verdict {
        case .passwordRefused:
            EtcdError(.refused, "\(endpoint): etcd does not let \(who) in; see the name and the password")
        case .tokenRefused:
            EtcdError(
                .refused,
                user == nil
                    ? "\(endpoint): etcd wants a user and a password; configure them"
                    : "\(endpoint): etcd refuses the token that it just gave \(who); see whether the members' clocks and keys for "
                        + "tokens agree"
            )
        case .forbidden:
            EtcdError(
                .refused,
                "\(endpoint): etcd permits \(who) too little; grant its role readwrite on the fleet's prefix"
            )
        case .leaseGone: EtcdError(.leaseGone, "\(endpoint): the lease of this node is no more")
        case .compacted: EtcdError(.compacted, "\(endpoint): the revision is not kept any more")
        case .noSpace:
            EtcdError(
                .noSpace,
                "\(endpoint): etcd has no space left and takes no writes; compact and defragment it, then disarm its alarm"
            )
        case .rejected(let text): EtcdError(.rejected, "\(endpoint): etcd does not accept the call: \(text)")
        case .notDone(let text), .maybeDone(let text): EtcdError(.unavailable, "\(endpoint): \(text)")
        case .foreign(let status):
            EtcdError(.unreadable, "\(endpoint): HTTP status \(status), not of etcd's JSON gateway")
        }
    }
}
