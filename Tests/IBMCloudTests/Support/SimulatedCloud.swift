import AccessPolicy
import BrokerTesting
import CloudSimulator
import Foundation
import IBMCloud
import JOSE
import KeyRotation
import Logging
import Synchronization
import TestFiles
import Testing
import TokenBroker

/// The simulated IBM Cloud, and a client of it; time passes when a test says so.
struct SimulatedCloud {
    let simulator: CloudSimulator
    let client: IBMCloudClient
    let url: String
    private let clock: TestClock

    /// Making keys takes some tenths of a second, so all tests share them.
    private static let keys = Result { () throws(CryptoError) in
        try SimulatorKeys(generatingAt: World.now, region: "us-south")
    }

    static func run<Value: Sendable>(_ body: (SimulatedCloud) async throws -> Value) async throws -> Value {
        let clock = TestClock()
        let simulator = CloudSimulator(
            keys: try keys.get(),
            now: { clock.now },
            noting: { secret in
                #expect(throws: Never.self) { try TestFiles.note(length: secret.length, digest: secret.digest) }
            }
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try await simulator.withRunning(logger: logger) { address in
            var configuration = try World.configuration(port: address.port)
            configuration.resourceController = configuration.iam.url
            let client = try IBMCloudClient(configuration: configuration, now: { clock.now })
            let value: Value
            do {
                value = try await body(
                    SimulatedCloud(simulator: simulator, client: client, url: address.url, clock: clock)
                )
            } catch {
                try await client.shutdown()
                throw error
            }
            try await client.shutdown()
            return value
        }
    }

    var resourceKey: ResourceKeyTarget {
        let instance = simulator.instance
        return ResourceKeyTarget(
            source: instance.objectStorageCRN,
            role: "Writer",
            serviceID: nil,
            endpoint: url,
            bucket: instance.buckets[0]
        )
    }

    /// An IAM token of the default profile, made for each call.
    var token: BearerSource {
        { [client] in
            do {
                let identity = try await client.vpcIdentity.identityToken()
                return .success(try await client.vpcIdentity.exchange(identity, for: World.profile()).compact)
            } catch {
                return .failure(IssuerFault(.noToken, "\(error)"))
            }
        }
    }

    func issuer(of target: KeyTarget) throws -> any KeyIssuer {
        try client.issuer(
            for: target,
            plan: try KeyWorld.plan(),
            token: token,
            verify: { [client, clock, simulator] token in
                guard let keys = try? await client.keySet.keySet() else { return nil }
                var expectations = TokenExpectations()
                expectations.issuer = simulator.instance.issuer
                return TokenVerifier(expectations).verify(token, with: keys, now: clock.now)
            }
        )
    }

    /// Runs the conformance kit; a second passes between its tries.
    func checkIssuer(of target: KeyTarget, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await checkConformance(
            of: try issuer(of: target),
            traits: target.traits,
            plan: try KeyWorld.plan(),
            pause: { pass(1) },
            drawing: { Self.draw(target.drawnField ?? "") },
            sourceLocation: sourceLocation
        )
    }

    /// Lets so many seconds pass.
    func pass(_ duration: TimeInterval) {
        clock.pass(duration)
    }

    func addSecret(_ id: String, _ type: SimulatedSecret.SecretType, _ payload: String?) {
        #expect(
            simulator.addSecret(
                SimulatedSecret(id: id, name: "target", type: type, payload: payload.map { Redacted($0) })
            )
        )
    }

    /// A value that nobody has yet, with a piece that no message may hold.
    static func draw(_ field: String) -> KeyMaterial {
        KeyMaterial([field: Redacted("\(World.secret)-\(UUID().uuidString)")])
    }
}

/// A wall clock that stands until it is moved.
private final class TestClock: Sendable {
    private let seconds = Mutex(0.0)

    var now: Date { World.now.addingTimeInterval(seconds.withLock { $0 }) }

    func pass(_ duration: TimeInterval) {
        seconds.withLock { $0 += duration }
    }
}
