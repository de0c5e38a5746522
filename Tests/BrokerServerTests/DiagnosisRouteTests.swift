import AccessPolicy
import BrokerAPI
import BrokerTesting
import FoundationEssentials
import Testing
import TokenBroker

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct DiagnosisRouteTests {
    private func audit(isFailing: Bool = false, lost: UInt64 = 0) -> StatusResponse.Audit {
        .init(
            file: "/var/audit.jsonl",
            written: 1,
            queued: 0,
            lost: lost,
            isFailing: isFailing,
            lastError: isFailing ? "no space left on device" : nil,
            head: "1:00"
        )
    }

    private func diagnose(_ world: World) async throws -> DiagnosisResponse {
        let listener = try await world.startAdmin()
        let client = try await WireClient.connect(to: world.adminPath, on: world.group)
        client.send(get("/v1/diagnosis"))
        let answer = try await client.answer()
        await client.close()
        await listener.stop()
        #expect(answer.status == 200)
        return try JSONDecoder().decode(DiagnosisResponse.self, from: Data(answer.body.utf8))
    }

    @Test func theDaemonTellsWhoItIsAndWhatItFound() async throws {
        let response = try await diagnose(World(auditStatus: audit()))
        #expect(response.uid == 999)
        #expect(response.metadataPort == 8_169)
        #expect(
            response.findings.map { "\($0.check) \($0.subject ?? "-") \($0.state)" } == [
                "identity - ok", "iam - ok", "clock - unknown", "profile archive ok", "profile backups ok",
                "profile reports ok", "policy - ok", "audit_log - ok",
            ]
        )
    }

    @Test func aRefusedChangeOfThePolicyIsAFault() async throws {
        let world = try World()
        world.policy.keep(because: "a.yaml:3: no such profile")
        let finding = try #require(try await diagnose(world).findings.first { $0.check == "policy" })
        #expect(finding.state == "fault")
        #expect(finding.message.hasSuffix("generation 1 stays in force: a.yaml:3: no such profile"))
        #expect(finding.repair == "iam-broker check")
    }

    @Test(arguments: [(true, 0, "cannot be written: no space left on device"), (false, 2, "2 events since the start")])
    func anAuditLogWithGapsIsAFault(isFailing: Bool, lost: UInt64, message: String) async throws {
        let world = try World(auditStatus: audit(isFailing: isFailing, lost: lost))
        let finding = try #require(try await diagnose(world).findings.last)
        #expect(finding.check == "audit_log")
        #expect(finding.state == "fault")
        #expect(finding.message.contains(message))
    }

    @Test func onlyGetIsAllowed() async throws {
        let world = try World()
        let listener = try await world.startAdmin()
        let client = try await WireClient.connect(to: world.adminPath, on: world.group)
        client.send(request("POST", "/v1/diagnosis"))
        let answer = try await client.answer()
        #expect(answer.status == 405)
        #expect(answer["Allow"] == ["GET"])
        await client.close()
        await listener.stop()
    }
}
