import AccessPolicy
import BrokerTesting
import FoundationEssentials
import JOSE
import NIOCore
import Synchronization
import Testing
import TokenBroker

@testable import BrokerServer

/// The emulation on a TCP port of this machine, in front of a ``World``.
///
/// The peer of its connections is this process, attested by the kernel.
struct EmulationWorld {
    let world: World
    let port: Int

    /// Runs `body` with the listener and stops it afterwards.
    static func run(
        _ world: World? = nil,
        instance: InstanceAccess? = nil,
        host: String = "127.0.0.1",
        limits: ConnectionLimits = patient,
        _ body: (EmulationWorld) async throws -> Void
    ) async throws {
        let world = try world ?? World()
        let routes = EmulationRoutes(
            broker: world.broker,
            gate: world.gate,
            instance: instance,
            issuer: world.mint.issuer
        )
        let listener =
            try await SocketListener.emulation(
                ListenAddress(host: host, port: 0),
                routes: routes,
                gate: world.gate,
                attestor: world.attestor,
                group: world.group,
                limits: limits,
                logger: world.logger
            )
            .start()
        do {
            try await body(EmulationWorld(world: world, port: try #require(listener.port)))
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    /// For clients on a busy machine: their heads may take as long as they need.
    static let patient: ConnectionLimits = {
        var limits = ConnectionLimits()
        limits.head = .seconds(60)
        return limits
    }()

    func client() async throws -> WireClient { try await WireClient.connect(toPort: port, on: world.group) }

    /// Opens a connection, sends `bytes` and gives the first answer.
    func ask(_ bytes: String) async throws -> WireAnswer {
        let client = try await client()
        client.send(bytes)
        let answer = try await client.answer()
        await client.close()
        return answer
    }

    /// The bytes of a request with the fields that every request over TCP needs.
    func request(_ method: String, _ target: String, _ fields: [String] = [], body: String? = nil) -> String {
        let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
        let isForm = target == "/identity/token" && !fields.contains { $0.hasPrefix("Content-Type:") }
        let type = isForm ? ["Content-Type: application/x-www-form-urlencoded"] : []
        let lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)"] + fields + type + length
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    func session() async throws -> String {
        let put = request("PUT", "/identity/v1/token?version=2025-08-26", ["Metadata-Flavor: ibm"])
        return try JSONDocument(parsing: try await ask(put).body).root["access_token"]?.string ?? ""
    }
}

/// A metadata service that answers from a table, and counts.
final class ScriptedMetadata: MetadataSource, CertificateIssuer {
    private let answers: [String: String]
    private let asked = Mutex<[MetadataQuery]>([])

    init(_ answers: [String: String]) {
        self.answers = answers
    }

    var queries: [MetadataQuery] { asked.withLock { $0 } }

    func metadata(
        _ query: MetadataQuery,
        _ identity: InstanceIdentityToken
    ) async throws(AcquisitionError) -> MetadataAnswer {
        asked.withLock { $0.append(query) }
        return answers[query.path].map { .document(Array($0.utf8)) } ?? .notFound
    }

    func certificate(
        _ request: CertificateRequest,
        _ identity: InstanceIdentityToken
    ) async throws(AcquisitionError) -> IssuedCertificate {
        guard !request.signingRequest.contains("bad") else {
            throw AcquisitionError(.requestRejected, "the service does not accept it")
        }
        return IssuedCertificate(
            chain: ["-----BEGIN CERTIFICATE-----"],
            id: "one",
            createdAt: "2026-09-01T10:00:00Z",
            expiresAt: "2026-09-01T11:00:00Z",
            lifetime: request.lifetime ?? 3_600
        )
    }

    /// What the emulation is given.
    func access(time: ManualTime) -> InstanceAccess {
        let identity = InstanceIdentityToken(
            compact: Redacted("identity"),
            expiresAt: ManualTime.start.addingTimeInterval(1e6)
        )
        let tokens = IdentityTokens(source: ScriptedIdentitySource(always: identity), time: time)
        return InstanceAccess(
            metadata: InstanceMetadata(source: self, identity: tokens, time: time, keep: .seconds(60)),
            certificates: InstanceCertificates(issuer: self, identity: tokens, time: time)
        )
    }
}
