import BrokerTesting
import Foundation
import IBMCloud
import JOSE
import KeyRotation
import Testing

/// What the tests of issuers and sinks have in common.
enum KeyWorld {
    static let iamID = "iam-ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
    static let account = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"
    /// What the calls are made with; no message may hold it.
    static let bearer = "bearer.\(World.secret)"
    /// The value of a key; no message may hold it.
    static let value = "value-\(World.secret)-0123456789abcdef"
    static let apiKey = KeyTarget.apiKey(iamID: iamID, account: account)
    /// As long as there is no key set, nothing can be said of a token.
    static let unknown: TokenCheck = { _ in nil }

    static func plan() throws -> PlanName { try #require(PlanName(rawValue: "reports")) }
    static func name() throws -> KeyName { KeyName(try plan(), RotationID(0xABC)) }
    static let nameText = "iam-broker.reports.0000000000000abc"

    /// What is rotated, at a server of a test.
    struct Target {
        /// By the port of the server.
        let at: @Sendable (Int) -> KeyTarget

        static let apiKey = Target { _ in KeyWorld.apiKey }
        static let resourceKey = Target { port in
            .resourceKey(
                ResourceKeyTarget(
                    source: "crn:v1:cos:a/3c1f::",
                    role: "Writer",
                    serviceID: nil,
                    endpoint: "http://127.0.0.1:\(port)",
                    bucket: "broker reports"
                )
            )
        }
        static let rootKey = Target { port in
            .rootKey(RootKeyTarget(url: "http://127.0.0.1:\(port)", instance: "5a4b3c2d", id: "8f7e6d5c"))
        }

        static func secret(_ kind: SecretTarget.Kind, member: String? = nil) -> Target {
            Target { port in
                .secret(SecretTarget(url: "http://127.0.0.1:\(port)", id: "8b7a6f5e", kind: kind, member: member))
            }
        }
    }

    /// A token of the service ID, or of another identity, signed or not.
    static func token(of iamID: String = iamID, isSigned: Bool = true) throws -> String {
        let mint = try TokenMint()
        let issued = Int(World.now.timeIntervalSince1970)
        let claims = #"{"iam_id":"\#(iamID)","iat":\#(issued),"exp":\#(issued + 3_600),"iss":"\#(mint.issuer)"}"#
        return isSigned ? try mint.key.token(claims: claims) : World.token(claims: claims)
    }

    static func granted(_ token: String) -> Reply {
        .json(200, #"{"access_token":"\#(token)","token_type":"Bearer","expiration":1788260400}"#)
    }

    /// Judges tokens by the key set of the mint.
    static func check(_ token: UnverifiedToken) async -> Verdict? {
        guard let mint = try? TokenMint(), let keys = try? mint.keySet() else { return nil }
        var expectations = TokenExpectations()
        expectations.issuer = mint.issuer
        return TokenVerifier(expectations).verify(token, with: keys, now: World.now)
    }

    /// Runs `body` with an issuer of the keys of `target` at a server that gives `replies`.
    static func withIssuer<Result>(
        of target: Target,
        _ replies: Reply...,
        deadlines: HTTPDeadlines = World.deadlines,
        token: @escaping BearerSource = { .success(Redacted(bearer)) },
        check: @escaping TokenCheck = check,
        _ body: (any KeyIssuer, ScriptedServer) async throws -> Result
    ) async throws -> Result {
        try await ScriptedServer.run(replies) { server in
            var configuration = try World.configuration(port: server.port, deadlines: deadlines)
            configuration.resourceController = configuration.iam.url
            return try await World.withClient(configuration) { client in
                let issuer = try client.issuer(
                    for: target.at(server.port),
                    plan: try plan(),
                    token: token,
                    verify: check
                )
                return try await body(issuer, server)
            }
        }
    }

    /// The fault that `call` ends with.
    ///
    /// Its message may hold nothing of the token or a value, and says something.
    static func fault(_ issuer: any KeyIssuer, _ call: IssuerCall) async throws -> IssuerFault {
        guard case .fault(let fault) = try await issuer.perform(call) else {
            throw Unexpected(description: "the call \(call) has no fault")
        }
        #expect(!fault.message.contains(World.secret))
        #expect(fault.message.first?.isLowercase == true)
        #expect(!fault.message.hasSuffix("."))
        return fault
    }

    /// Expects that `call` ends with a fault of this code.
    static func expectFault(
        _ code: IssuerFault.Code,
        _ issuer: any KeyIssuer,
        _ call: IssuerCall,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let fault = try await fault(issuer, call)
        #expect(fault.code == code, "\(fault.message)", sourceLocation: sourceLocation)
    }

    /// Expects that `call` is carried out.
    static func expectDone(
        _ issuer: any KeyIssuer,
        _ call: IssuerCall,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await issuer.perform(call)
        #expect(answer.isDone, "\(answer)", sourceLocation: sourceLocation)
    }

    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }
}

extension IssuerAnswer {
    var keys: [ListedKey]? { if case .keys(let keys) = self { keys } else { nil } }
    var created: (key: ListedKey, material: KeyMaterial)? {
        if case .created(let key, let material) = self { (key, material) } else { nil }
    }
    var material: KeyMaterial? { if case .material(let material) = self { material } else { nil } }
    var isDone: Bool { if case .done = self { true } else { false } }
    /// When the key was used; `.some(nil)` for never.
    var lastUse: Date?? { if case .lastUse(let date) = self { .some(date) } else { nil } }
}
