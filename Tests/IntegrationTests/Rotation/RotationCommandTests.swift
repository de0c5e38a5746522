import CloudSimulator
import Foundation
import JOSE
import Testing

/// `iam-broker rotation` through the front door.
@Suite(.timeLimit(.minutes(2))) struct RotationCommandTests {
    private static func plan(_ more: String = "overlap: 1s") -> String {
        """
        target: { iam-api-key: { service_id: \(World.serviceID) } }
        publish: [ { file: { path: FOLDER/keys/reports } } ]
        idle: none
        disabled: 0s
        \(more)
        """
    }

    @Test func statusHistoryAndTimesAreForPeopleAndForPrograms() async throws {
        let schedule = "schedule: { cron: \"0 0 1 1 *\", max_age: 90d }\noverlap: 1s"
        try await World.rotating(["reports": Self.plan(schedule)]) { world in
            try await world.plan("reports", reaches: "loaded") { $0["next_at"]?.integer != nil }
            let before = try await world.rotation("status")
            #expect(before.output.hasPrefix("PLAN"), "\(before.output)")
            #expect(before.output.contains("reports  iam-api-key  waiting"), "\(before.output)")
            let run = try await world.rotation("run", "--now", "--wait", "reports")
            // Progress goes to standard error, so that standard output is the answer alone.
            #expect(run.errors.contains("  published  "), "\(run.errors)")
            #expect(run.output.hasPrefix("PLAN"))
            let key = try #require(world.liveKeys.first)
            let state = try await world.plan("reports")
            #expect(state["key"]?["id"]?.string == key.id && state["max_age"]?.integer == 90 * 86_400)
            #expect(state["last_success"]?.integer != nil && state["failures"]?.integer == 0)
            let table = try await world.rotation("status", "reports")
            #expect(table.output.contains(" of 90d"), "\(table.output)")

            let history = try await world.rotation("history", "reports", "-n", "3")
            let lines = history.output.split(separator: "\n")
            #expect(lines.count == 3 && lines.last?.contains("  finished  with \(key.id)") == true, "\(history.output)")
            let all = try await world.rotation("history")
            #expect(all.output.contains("  added  "))
            let isShown = all.output.contains(key.value.exposed) || table.output.contains(key.value.exposed)
            #expect(!isShown, "a value is shown")

            let next = try await world.rotation("next", "reports", "-n", "2")
            #expect(next.output.split(separator: "\n").count == 2, "\(next.output)")
            let times = try await world.rotationAnswer("next", "reports", "-n", "2")
            let seconds = times["next"]?.array?.compactMap(\.integer) ?? []
            #expect(seconds.count == 2 && seconds[0] > Int(Date().timeIntervalSince1970))
        }
    }

    @Test func aPausedPlanDoesNothingUntilItIsResumed() async throws {
        try await World.rotating(["reports": Self.plan()]) { world in
            let paused = try await world.rotation("pause", "reports")
            #expect(paused.output.contains("an operator paused it"), "\(paused.output)")
            let refused = try await world.rotation("run", "--now", "reports", code: 1)
            #expect(refused.errors.contains("iam-broker rotation resume reports"), "\(refused.errors)")
            try await world.rotation("pause", "reports", code: 1)
            let resumed = try await world.rotationAnswer("resume", "reports")
            #expect(resumed["rotations"]?.array?.first?["state"]?.string == "waiting")
            try await world.rotation("resume", "reports", code: 1)
            #expect(world.liveKeys.isEmpty)
        }
    }

    @Test func aRollbackGivesTheOldContentBackAndTheNewKeyGoes() async throws {
        // Until somebody acknowledges, nothing happens but the rollback.
        try await World.rotating(["reports": Self.plan("overlap: 1s\nacknowledge: [web]")]) { world in
            try await world.rotation("run", "--now", "--wait", "reports")
            let before = try String(contentsOfFile: world.folder.path("keys/reports"), encoding: .utf8)
            let old = try #require(world.liveKeys.first)
            try await world.rotation("run", "--now", "reports")
            let between = try String(contentsOfFile: world.folder.path("keys/reports"), encoding: .utf8)
            let isReplaced = before != between
            #expect(isReplaced)
            #expect(world.liveKeys.count == 2)
            try await world.rotation("rollback", "reports")
            let state = try await world.plan("reports", reaches: "rolled back") { $0["state"]?.string == "paused" }
            #expect(state["reason"]?.string?.contains("was rolled back") == true)
            let after = try String(contentsOfFile: world.folder.path("keys/reports"), encoding: .utf8)
            let isGivenBack = before == after
            #expect(isGivenBack)
            #expect(world.liveKeys.map(\.id) == [old.id])
            #expect(try world.keyFiles == ["reports"])
            let late = try await world.rotation("rollback", "reports", code: 1)
            #expect(late.errors.contains("no rotation is under way"), "\(late.errors)")
        }
    }

    @Test func thePlanWaitsForThoseWhoMustAcknowledge() async throws {
        let plan = Self.plan("overlap: 1s\nacknowledge: [web, batch]")
        try await World.rotating(["reports": plan]) { world in
            try await world.rotation("run", "--now", "--wait", "reports")
            try await world.rotation("run", "--now", "reports")
            let state = try await world.plan("reports")
            #expect(state["rotation"]?["phase"]?.string == "acknowledge")
            #expect(state["rotation"]?["missing"]?.array?.compactMap(\.string) == ["web", "batch"])
            let wrong = try await world.rotation("acknowledge", "reports", "--as", "nobody", code: 1)
            #expect(wrong.errors.contains("for web, batch"), "\(wrong.errors)")
            let first = try await world.rotation("acknowledge", "reports", "--as", "web")
            #expect(first.output.contains("not acknowledged: batch"), "\(first.output)")
            #expect(world.liveKeys.count == 2)
            try await world.rotation("acknowledge", "reports", "--as", "batch")
            try await world.plan("reports", reaches: "the end") { $0["state"]?.string == "waiting" }
            #expect(world.liveKeys.count == 1)
        }
    }

    @Test func orphansAreListedAndDeletedAndThoseOfOthersOnlyWhenToldSo() async throws {
        try await World.rotating(["reports": Self.plan()]) { world in
            #expect(try await world.rotation("orphans").output == "no orphans\n")
            try await world.rotation("run", "--now", "--wait", "reports")
            let current = try #require(world.liveKeys.first)
            // Somebody made another key in the name of a rotation of ours; and one of a machine that is not here.
            let ours = try #require(world.cloud.createAPIKey(named: current.name, serviceID: World.serviceID))
            let name = "iam-broker.reports.00000000deadbeef"
            let foreign = try #require(world.cloud.createAPIKey(named: name, serviceID: World.serviceID))
            let other = try #require(world.cloud.createAPIKey(named: "by hand", serviceID: World.serviceID))
            let list = try await world.rotationAnswer("orphans")["orphans"]?.array
            let known = try #require(list).map { ($0["key"]?.string, $0["known"]?.bool) }
            #expect(known.count == 2)
            #expect(known.contains { $0 == (ours.id, true) } && known.contains { $0 == (foreign.id, false) })
            let table = try await world.rotation("orphans", "--delete")
            #expect(table.errors.contains("deleted \(ours.id)") && table.output.contains(foreign.id))
            #expect(Set(world.liveKeys.map(\.id)) == [current.id, foreign.id, other.id])
            try await world.rotation("orphans", "--delete", "--unknown")
            #expect(Set(world.liveKeys.map(\.id)) == [current.id, other.id])
        }
    }

    @Test func whatIsWrongHasItsExitCode() async throws {
        try await World.rotating(["reports": Self.plan()]) { world in
            for arguments in [["status", "no-plan"], ["run", "no-plan"], ["pause", "no-plan"], ["plan", "no-plan"]] {
                let run = try await Program.command.run(["rotation"] + arguments + ["--socket", world.admin])
                #expect(run.exitCode == 65, "\(arguments): \(run.exitCode) \(run.errors)")
                #expect(run.errors.contains("there is no such plan; there are: reports"), "\(run.errors)")
            }
            try await world.rotation("history", "reports", "-n", "0", code: 64)
            try await world.rotation("orphans", "--unknown", code: 64)
            try await world.rotation("acknowledge", "reports", code: 64)
            try await world.rotation("rollback", "reports", code: 1)
            // The other socket knows nothing of rotations.
            let wrong = try await Program.command.run(["rotation", "status", "--socket", world.workload])
            #expect(wrong.exitCode == 65, "\(wrong.errors)")
        }
        let gone = try await Program.command.run(["rotation", "status", "--socket", "/nowhere/admin.sock"])
        #expect(gone.exitCode == 69)
    }
}
