import BrokerAPI
import BrokerTesting
import Foundation
import Testing
import TokenBroker

@testable import BrokerDaemon

/// When a sink's file is written and taken away, in virtual time.
@Suite(.timeLimit(.minutes(1))) struct SinkLaneTests {
    /// The broker renews at half of the life, because the tests draw 0.
    private static let life: Duration = .seconds(3_600)

    @Test func whatPolicyNamesIsWrittenAndItsUserTold() async throws {
        let world = try SinkWorld()
        try await world.running { sink in
            #expect(await world.calls(2) == ["write 1", "reload"])
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(sink.status.state == "written" && sink.status.expiresIn == 3_600 && sink.status.lastError == nil)
        }
        #expect(world.hasFile)
    }

    @Test func whatNoGrantNamesIsNeverAskedFor() async throws {
        let world = try SinkWorld(policy: SinkWorld.silent, found: ManualTime.start)
        try await world.running { sink in
            // What an earlier run wrote under another policy goes.
            #expect(await world.calls(1) == ["remove"])
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(sink.status.state == "denied")
            #expect(sink.status.lastError?.contains("no grant for profile reports has 'sinks: [app]'") == true)
        }
        #expect(world.exchanger.calls.isEmpty)
    }

    @Test func aGrantThatIsTakenBackTakesTheFileAway() async throws {
        let world = try SinkWorld()
        try await world.running { sink in
            _ = await world.calls(2)
            try world.enforce(SinkWorld.silent)
            #expect(await world.calls(3).last == "remove")
            try world.enforce(SinkWorld.granting)
            #expect(await world.calls(5).suffix(2) == ["write 1", "reload"])
        }
    }

    @Test func aGrantThatEndsTakesTheFileAwayOnTheMinute() async throws {
        let world = try SinkWorld(
            policy: """
                version: 1
                grants: [{ name: files, profiles: [reports], sinks: [app], not_after: "2026-09-01T10:00:30Z" }]
                """
        )
        try await world.running { _ in
            _ = await world.calls(2)
            await world.pass(.seconds(30))
            #expect(await world.calls(3).last == "remove")
        }
    }

    @Test func aLockTakesTheFileAwayUntilItIsLifted() async throws {
        let world = try SinkWorld()
        try await world.running { sink in
            _ = await world.calls(2)
            _ = try await world.broker.lock(nil, by: 0)
            #expect(await world.calls(3).last == "remove")
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(sink.status.state == "locked")
            _ = try await world.broker.unlock(nil, by: 0)
            #expect(await world.calls(5).suffix(2) == ["write 2", "reload"])
        }
    }

    @Test func aLockLeavesTheFileWhereThatIsConfigured() async throws {
        let world = try SinkWorld(remove: "[]")
        try await world.running { sink in
            _ = await world.calls(2)
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            _ = try await world.broker.lock(nil, by: 0)
            world.time.advance(by: .seconds(60))
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(sink.status.state == "locked")
        }
        #expect(world.calls == ["write 1", "reload"])
    }

    @Test func aTokenThatEndedTakesTheFileAway() async throws {
        let mint = try TokenMint()
        let first = try mint.token(issuedAt: ManualTime.start)
        let world = try SinkWorld(exchanger: ScriptedExchanger(.success(first)))
        try await world.running { sink in
            _ = await world.calls(2)
            var left = 3_600
            while left > 0 {
                await world.pass(.seconds(60))
                left -= 60
            }
            #expect(await world.calls(3).last == "remove")
        }
        #expect(world.audit.events.contains(.sinkRemoved(name: "app", reason: "the token in it has ended")))
    }

    @Test func aFileOfAnEarlierRunGoesWhenItsTokenMustHaveEnded() async throws {
        let world = try SinkWorld(
            found: ManualTime.start.addingTimeInterval(-3_590),
            exchanger: ScriptedExchanger(.failure(AcquisitionError(.unreachable, "down", retryAfter: .seconds(3_600))))
        )
        try await world.running { sink in
            await world.pass(.seconds(10))
            #expect(await world.calls(1) == ["remove"])
        }
    }

    @Test func aTokenThatIsRenewedIsWritten() async throws {
        let world = try SinkWorld()
        try await world.running { _ in
            _ = await world.calls(2)
            let lane = try #require(world.broker.lane(world.broker.profiles[0].name))
            #expect(await lane.refresh(deadline: world.time.now.boot + .seconds(5)) == nil)
            #expect(await world.calls(4).suffix(2) == ["write 2", "reload"])
        }
    }

    @Test func aFileThatSomebodyChangedIsWrittenAnew() async throws {
        let world = try SinkWorld()
        try await world.running { _ in
            _ = await world.calls(2)
            world.spoil()
            await world.pass(.seconds(60))
            #expect(await world.calls(4).suffix(2) == ["write 1", "reload"])
        }
    }

    @Test func aFailedWriteIsTriedAgainLater() async throws {
        let world = try SinkWorld(writes: [UpkeepFailure("no space left", isLasting: true)])
        try await world.running { sink in
            #expect(await world.calls(1) == ["write 1"])
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(sink.status.state == "absent" && sink.status.lastError == "no space left")
            world.time.advance(by: .seconds(60))
            #expect(await world.calls(3) == ["write 1", "write 1", "reload"])
        }
    }

    @Test func aFailedReloadIsRepeatedWithTheFileThatIsThere() async throws {
        let world = try SinkWorld(reloads: [UpkeepFailure("reload: it ended with 1", isLasting: true)])
        try await world.running { sink in
            _ = await world.calls(2)
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(sink.status.state == "failing")
            world.time.advance(by: .seconds(60))
            #expect(await world.calls(3) == ["write 1", "reload", "reload"])
        }
    }

    @Test func whatIsTakenBackWhileTheFileIsWrittenIsNotWritten() async throws {
        let world = try SinkWorld()
        world.beforeCommit {
            do { try world.enforce(SinkWorld.silent) } catch { Issue.record("\(error)") }
        }
        try await world.running { _ in
            #expect(await world.calls(1) == ["give up"])
        }
        #expect(!world.hasFile)
    }

    @Test func nothingIsWrittenUnrecordedWhereARecordIsRequired() async throws {
        let world = try SinkWorld()
        world.audit.mayProceed = false
        try await world.running { sink in
            _ = await world.audit.events(2)
            await world.time.sleeper(until: world.time.now.boot + .milliseconds(100))
            #expect(sink.status.lastError?.contains("audit.required") == true)
        }
        #expect(world.calls.isEmpty)
    }

    @Test(arguments: [("[stop]", true), ("[lock, expiry]", false)])
    func aStopTakesTheFileAwayWhereThatIsConfigured(remove: String, isRemoved: Bool) async throws {
        let world = try SinkWorld(remove: remove)
        try await world.running { _ in _ = await world.calls(2) }
        #expect(world.hasFile != isRemoved)
    }

    @Test func aFileThatCannotBeTakenAwayIsTriedAgainInItsTimeAndToldOnce() async throws {
        let failure = UpkeepFailure("a folder is in the way", isLasting: true)
        let world = try SinkWorld(policy: SinkWorld.silent, removals: [failure, failure], found: ManualTime.start)
        try await world.running { sink in
            #expect(await world.calls(1) == ["remove"])
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
            #expect(sink.status.state == "denied" && sink.status.lastError == failure.message)
            // What happens meanwhile is no reason to try again.
            world.broker.policyChanged()
            await world.pass(.seconds(60))
            await world.pass(.seconds(60))
            #expect(await world.calls(3) == ["remove", "remove", "remove"])
        }
        #expect(world.audit.events.count { $0 == .sinkFailed(name: "app", reason: failure.message) } == 1)
        #expect(!world.hasFile)
    }

    @Test func aLockIsToldOnceHoweverLongItLasts() async throws {
        let world = try SinkWorld()
        try await world.running { _ in
            _ = await world.calls(2)
            _ = try await world.broker.lock(nil, by: 0)
            _ = await world.calls(3)
            for _ in 1...3 { await world.pass(.seconds(60)) }
            await world.time.sleeper(until: world.time.now.boot + .seconds(60))
        }
        let told = world.audit.events.count { event in
            if case .sinkFailed(_, let reason) = event { reason.contains("locked by an operator") } else { false }
        }
        #expect(told == 1)
    }

    @Test func aFolderThatIsNotThereYetIsLookedAtAgain() async throws {
        let world = try SinkWorld(
            finds: [UpkeepFailure("not mounted", isLasting: true)],
            found: ManualTime.start.addingTimeInterval(-3_500),
            exchanger: ScriptedExchanger(.failure(AcquisitionError(.unreachable, "down", retryAfter: .seconds(3_600))))
        )
        try await world.running { _ in
            await world.pass(.seconds(60))
            // Its token ends 100 seconds after the start.
            await world.pass(.seconds(40))
            #expect(await world.calls(1) == ["remove"])
        }
    }

    @Test func aTokenFromBeforeALockIsNotWrittenAfterIt() async throws {
        let world = try SinkWorld()
        let lane = try #require(world.broker.lane(world.broker.profiles[0].name))
        world.beforeCommit { [world] in
            // Another token came while the content was looked at, as after a lock and its end.
            world.dropToken()
        }
        try await world.running { _ in
            #expect(await world.calls(1) == ["give up"])
            #expect(!lane.holds(1))
        }
    }

    @Test func aProfileThatIsNotLinkedAnyMoreTakesTheFileAway() async throws {
        let token = try TokenMint().token(issuedAt: ManualTime.start)
        let unlinked = AcquisitionError(.profileNotLinked, "not linked")
        let world = try SinkWorld(exchanger: ScriptedExchanger(.success(token), .failure(unlinked)))
        try await world.running { _ in
            _ = await world.calls(2)
            let lane = try #require(world.broker.lane(world.broker.profiles[0].name))
            #expect(await lane.refresh(deadline: world.time.now.boot + .seconds(5))?.code == .profileNotLinked)
            #expect(await world.calls(3).last == "remove")
        }
    }
}
