import CloudSimulator
import Foundation
import Glibc
import JOSE
import Testing

/// The daemon is killed at random moments of many rotations, while somebody uses the keys.
@Suite(.timeLimit(.minutes(8))) struct RotationKillTests {
    private static let plans = (1...8).map { "plan-\($0)" }
    private static let rotationsEach = 25

    private static func serviceID(_ plan: String) -> String {
        "ServiceId-00000000-0000-4000-8000-00000000000\(plan.suffix(1))"
    }

    private static func document(_ plan: String) -> String {
        """
        version: 1
        name: \(plan)
        profile: reports
        target: { iam-api-key: { service_id: \(serviceID(plan)) } }
        schedule: { cron: "0 0 1 1 *" }
        publish: [ { file: { path: FOLDER/keys/\(plan), format: raw, field: api_key } } ]
        overlap: 1s
        idle: none
        disabled: 0s
        limits: { creations_per_day: 1000, failed_rotations: 100 }
        patience: { settle: 1s }
        """
    }

    private static let setup: Setup = {
        var setup = Setup()
        setup.rotations = Dictionary(plans.map { ($0, document($0)) }) { first, _ in first }
        setup.policy = """
            version: 1
            grants:
              - name: rotation
                profiles: [reports]
                rotations: [\(plans.joined(separator: ", "))]
                workloads: [ { uid: \(getuid()) } ]
            """
        return setup
    }()

    @Test func twoHundredRotationsWithKillsAtRandomMomentsFailNoUseOfAKey() async throws {
        let cloud = try World.cloud()
        cloud.setPropagation(Propagation(apiKeyUse: .milliseconds(100), apiKeyReading: .milliseconds(100)))
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            let folder = try ScratchFolder()
            try folder.createFolder("keys")
            let configuration = try Self.setup.write(to: folder, cloud: address.url)
            try await makeFirstKeys(configuration, folder)
            let consumer = try KeyConsumer(cloud, at: address.url, files: Self.plans.map { folder.path("keys/\($0)") })
            async let consumption: Void = blocking { try consumer.run() }
            let lives: Int
            do {
                lives = try await live(configuration, folder.path("a"))
            } catch {
                consumer.stop()
                throw error
            }
            consumer.stop()
            try await consumption
            try await check(cloud, configuration, folder)
            print(
                "real kills: \(Self.plans.count * Self.rotationsEach) rotations, \(lives) kills, \(consumer.uses) uses, "
                    + "\(consumer.exchanges) of them for a token, \(consumer.keyCount) keys, \(consumer.failures.count) failed"
            )
            #expect(consumer.failures.isEmpty, "\(consumer.failures.prefix(5).joined(separator: "; "))")
            #expect(consumer.keyCount >= Self.plans.count * Self.rotationsEach)
            #expect(lives >= 20)
        }
    }

    private func makeFirstKeys(_ configuration: String, _ folder: ScratchFolder) async throws {
        let daemon = try await DaemonProcess(configuration: configuration)
        for plan in Self.plans {
            let run = try await Program.command.run(["rotation", "run", "--now", plan, "--socket", folder.path("a")])
            #expect(run.exitCode == 0, "\(run.errors)")
        }
        try await daemon.stop(secrets: [])
    }

    /// Starts the daemon and kills it, again and again, until all rotations are done.
    ///
    /// - Returns: how often it was killed.
    private func live(_ configuration: String, _ admin: String) async throws -> Int {
        for life in 0..<1_000 {
            let daemon = try await DaemonProcess(configuration: configuration)
            if try await askForMore(admin) {
                try await daemon.stop(secrets: [])
                return life
            }
            // The moment is the point of it: nothing that happens is waited for.
            DispatchQueue.global()
                .asyncAfter(deadline: .now() + .milliseconds(.random(in: 100...4_000))) {
                    daemon.kill(SIGKILL)
                }
            _ = try await daemon.waitForEnd()
        }
        Issue.record("a thousand lives were not enough")
        return 1_000
    }

    /// Begins a rotation of each plan that has some to go.
    ///
    /// - Returns: whether all are done.
    private func askForMore(_ admin: String) async throws -> Bool {
        var isDone = true
        for plan in Self.plans {
            let state = try await ask(admin, "GET", "/v1/rotations?plan=\(plan)")["rotations"]?.array?.first
            let word = try #require(state?["state"]?.string)
            #expect(word == "waiting" || word == "rotating", "\(plan): \(state?["reason"]?.string ?? word)")
            let events = try await ask(admin, "GET", "/v1/rotations/history?plan=\(plan)&limit=1000")["events"]?.array
            // The first made the first key.
            let finished = try #require(events).count { $0["kind"]?.string == "finished" } - 1
            if finished < Self.rotationsEach || word == "rotating" { isDone = false }
            if finished < Self.rotationsEach, word == "waiting", state?["request"] == nil {
                _ = try await ask(admin, "POST", "/v1/rotations/run?plan=\(plan)&when=now")
            }
        }
        return isDone
    }

    private func ask(_ admin: String, _ method: String, _ target: String) async throws -> JSONValue {
        let body = try await blocking {
            let connection = try Connection(admin)
            try connection.request(method, target)
            return try #require(try connection.receive(), "the daemon closed without an answer").body
        }
        return try JSONDocument(parsing: Array(body.utf8), limits: JSONLimits(size: 1 << 22)).root
    }

    /// What must be so in the end.
    private func check(_ cloud: CloudSimulator, _ configuration: String, _ folder: ScratchFolder) async throws {
        for plan in Self.plans {
            let keys = cloud.apiKeys.filter { $0.serviceID == Self.serviceID(plan) }
            let published = try String(contentsOfFile: folder.path("keys/\(plan)"), encoding: .utf8)
                .filter { !$0.isWhitespace }
            let isPublished = keys.first?.value.exposed == published
            #expect(keys.count == 1, "\(plan): \(keys.map(\.name).joined(separator: " "))")
            #expect(isPublished, "\(plan) has published another key than the one that lives")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("keys"))
        #expect(Set(names) == Set(Self.plans))
    }
}
