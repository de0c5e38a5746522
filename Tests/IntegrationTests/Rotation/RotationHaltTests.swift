import CloudSimulator
import Foundation
import JOSE
import Testing

/// What keeps a rotation from going on, what is said about it, and how it goes on.
@Suite(.timeLimit(.minutes(2))) struct RotationHaltTests {
    private static let publish = "{ file: { path: FOLDER/keys/reports } }"

    private static func plan(replaces id: String, _ more: String = "disabled: 0s") -> String {
        """
        target: { iam-api-key: { service_id: \(World.serviceID), replaces: \(id) } }
        publish: [ \(publish) ]
        overlap: 1s
        \(more)
        """
    }

    private func oldKey(_ cloud: CloudSimulator) throws -> SimulatedAPIKey {
        try #require(cloud.createAPIKey(named: "by hand", serviceID: World.serviceID))
    }

    @Test func anIdentityWithTwentyKeysHaltsThePlanWithAdviceAndResumeGoesOn() async throws {
        let cloud = try World.cloud()
        let keys = try (0..<20)
            .map { try #require(cloud.createAPIKey(named: "key \($0)", serviceID: World.serviceID)) }
        try await World.rotating(["reports": Self.plan(replaces: keys[0].id)], in: cloud) { world in
            let run = try await world.rotation("run", "--now", "reports", code: 1)
            #expect(run.errors.contains("20 of 20 keys"), "\(run.errors)")
            #expect(run.errors.contains("delete one that nobody uses"))
            #expect(run.errors.contains("iam-broker rotation resume reports"))
            #expect(try await world.plan("reports")["state"]?.string == "halted")
            #expect(world.liveKeys.count == 20)
            // What a halted plan refuses says why.
            let again = try await world.rotation("run", "--now", "reports", code: 1)
            #expect(again.errors.contains("20 of 20 keys"), "\(again.errors)")

            cloud.deleteAPIKey(keys[7].id)
            try await world.rotation("resume", "reports")
            try await world.plan("reports", reaches: "the end") { $0["state"]?.string == "waiting" }
            #expect(world.liveKeys.count == 19)
            #expect(!world.liveKeys.contains { $0.id == keys[0].id })
        }
    }

    @Test func anOldKeyThatIsLockedHaltsBeforeANewOneIsMade() async throws {
        let cloud = try World.cloud()
        let old = try oldKey(cloud)
        try await World.rotating(["reports": Self.plan(replaces: old.id)], in: cloud) { world in
            #expect(try await world.askCloud("POST", "/v1/apikeys/\(old.id)/lock") == 204)
            let run = try await world.rotation("run", "--now", "reports", code: 1)
            #expect(run.errors.contains("\(old.id) is locked"), "\(run.errors)")
            #expect(world.liveKeys.map(\.id) == [old.id])
            #expect(try await world.askCloud("DELETE", "/v1/apikeys/\(old.id)/lock") == 204)
            try await world.rotation("resume", "reports")
            try await world.plan("reports", reaches: "the end") { $0["state"]?.string == "waiting" }
            #expect(world.liveKeys.count == 1 && world.liveKeys.first?.id != old.id)
        }
    }

    @Test func anOldKeyThatIsStillUsedIsNotDisabled() async throws {
        let cloud = try World.cloud()
        let old = try oldKey(cloud)
        try await World.rotating(["reports": Self.plan(replaces: old.id)], in: cloud) { world in
            #expect(try await world.useKey(old.value.exposed) == 200)
            try await world.rotation("run", "--now", "reports")
            let state = try await world.plan("reports", reaches: "the proof that it is idle") {
                $0["rotation"]?["last_fault"]?.string != nil
            }
            #expect(state["rotation"]?["phase"]?.string == "prove idle")
            #expect(state["rotation"]?["last_fault"]?.string?.contains("\(old.id) was used at") == true)
            #expect(world.liveKeys.map(\.isDisabled) == [false, false])
        }
    }

    @Test func aDisabledKeyStaysForItsTimeAndARollbackEnablesIt() async throws {
        let cloud = try World.cloud()
        let old = try oldKey(cloud)
        let plan = Self.plan(replaces: old.id, "idle: none\ndisabled: 1h")
        try await World.rotating(
            ["reports": plan],
            in: cloud,
            files: ["keys/reports": "\(old.value.exposed)\n"]
        ) { world in
            try await world.rotation("run", "--now", "reports")
            try await world.plan("reports", reaches: "disabled") { _ in
                cloud.apiKeys.contains { $0.id == old.id && $0.isDisabled }
            }
            #expect(try await world.useKey(old.value.exposed) == 400)
            try await world.rotation("rollback", "reports")
            try await world.plan("reports", reaches: "given back") { _ in
                (try? world.key("reports")) == old.value.exposed
            }
            #expect(try await world.useKey(old.value.exposed) == 200)
            // Nobody but consumers ever used the old one, so the other stays until somebody looks.
            let state = try await world.plan("reports", reaches: "halted") { $0["state"]?.string == "halted" }
            #expect(state["reason"]?.string?.contains("never used the key that consumers have") == true)
            #expect(world.liveKeys.map(\.isDisabled) == [false, false])
        }
    }

    @Test func aSecretWhosePreviousVersionIsLockedWaitsForItsConsumer() async throws {
        let id = "0b5571f7-21e6-42b7-91c5-3f5ac9793a46"
        let plan = "target: { secrets-manager: { url: CLOUD, secret: \(id), type: arbitrary } }\noverlap: 1s"
        try await World.rotating(["database": plan]) { world in
            let lock = #"{"locks":[{"name":"host-1"}]}"#
            #expect(try await world.askCloud("POST", "/api/v2/secrets/\(id)/locks_bulk", lock) == 201)
            try await world.rotation("run", "--now", "database")
            let state = try await world.plan("database", reaches: "waiting for the lock") {
                $0["rotation"]?["last_fault"]?.string != nil
            }
            #expect(state["state"]?.string == "rotating", "\(state["reason"]?.string ?? "")")
            #expect(state["rotation"]?["last_fault"]?.string?.contains("is locked") == true)
            #expect(try await world.askCloud("DELETE", "/api/v2/secrets/\(id)/locks_bulk", lock) == 200)
            try await world.plan("database", reaches: "the end") { $0["state"]?.string == "waiting" }
            #expect(try await world.events("database").contains("deleted"))
        }
    }

    @Test func aPolicyThatNamesNoPlanLetsNothingHappen() async throws {
        let cloud = try World.cloud()
        let old = try oldKey(cloud)
        var setup = Setup.rotating(["reports": Self.plan(replaces: old.id)])
        setup.policy = nil
        try await World.rotating(setup, in: cloud) { world in
            #expect(try await world.begin("reports").status == 200)
            let state = try await world.plan("reports", reaches: "a refusal") {
                $0["rotation"]?["last_fault"]?.string != nil
            }
            let fault = try #require(state["rotation"]?["last_fault"]?.string)
            #expect(fault.contains("no grant for profile reports has 'rotations: [reports]'"), "\(fault)")
            #expect(state["state"]?.string == "rotating")
            #expect(cloud.requestCount(of: .iamIdentity) == 0)
            #expect(world.liveKeys.map(\.id) == [old.id])
            // The reason is in the table, too.
            let table = try await world.rotation("status", "reports")
            #expect(table.output.contains("'rotations: [reports]'"), "\(table.output)")
        }
    }

    @Test func aProfileThatAnOperatorLockedWaitsUntilItIsUnlocked() async throws {
        let cloud = try World.cloud()
        let old = try oldKey(cloud)
        try await World.rotating(["reports": Self.plan(replaces: old.id)], in: cloud) { world in
            let lock = try await Program.command.run(["lock", "reports", "--socket", world.admin])
            #expect(lock.exitCode == 0)
            #expect(try await world.begin("reports").status == 200)
            let state = try await world.plan("reports", reaches: "waiting") {
                $0["rotation"]?["last_fault"]?.string != nil
            }
            #expect(state["rotation"]?["last_fault"]?.string?.contains("locked by an operator") == true)
            #expect(state["state"]?.string == "rotating")
            #expect(cloud.requestCount(of: .iamIdentity) == 0)
            let unlock = try await Program.command.run(["unlock", "reports", "--socket", world.admin])
            #expect(unlock.exitCode == 0)
            try await world.plan("reports", reaches: "the end") { $0["state"]?.string == "waiting" }
            #expect(world.liveKeys.count == 1)
        }
    }
}
