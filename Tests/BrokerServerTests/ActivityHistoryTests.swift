import BrokerTesting
import FoundationEssentials
import Testing

@testable import BrokerServer

/// Hand-outs and refusals minute by minute.
struct ActivityHistoryTests {
    private func totals(_ released: UInt64, _ refused: UInt64 = 0) -> ActivityHistory.Totals {
        .init(released: released, refused: refused)
    }

    @Test func whatCameBelongsToItsMinute() {
        var history = ActivityHistory()
        history.note(totals(2, 1), at: .seconds(600))
        history.note(totals(5, 1), at: .seconds(659))
        history.note(totals(6, 3), at: .seconds(660))
        #expect(
            history.minutes == [
                .init(number: 10, released: 5, refused: 1), .init(number: 11, released: 1, refused: 2),
            ]
        )
    }

    @Test func minutesWithoutALookAreThereAndEmpty() {
        var history = ActivityHistory()
        history.note(totals(1), at: .seconds(0))
        history.note(totals(4), at: .seconds(180))
        #expect(history.minutes.map(\.released) == [1, 0, 0, 3])
        #expect(history.minutes.map(\.number) == [0, 1, 2, 3])
    }

    @Test func twoHoursAreKept() {
        var history = ActivityHistory()
        for minute in 0..<200 { history.note(totals(UInt64(minute)), at: .seconds(minute * 60)) }
        #expect(history.minutes.count == 120)
        #expect(history.minutes.first?.number == 80)
        #expect(history.minutes.last?.number == 199)
        // A machine that slept for a year fills in no more than what is kept.
        history.note(totals(1_000), at: .seconds(31_557_600))
        #expect(history.minutes.count == 120)
        #expect(history.minutes.last?.released == 801)
        #expect(history.minutes.dropLast().allSatisfy { $0.released == 0 })
    }

    @Test func aClockThatStandsStillAddsUp() {
        var history = ActivityHistory()
        history.note(totals(1), at: .seconds(61))
        // The boot-time clock never goes back; should it ever, nothing is lost.
        history.note(totals(2), at: .seconds(59))
        #expect(history.minutes.map(\.released) == [2])
    }

    @Test func theRecorderLooksAtTheEndOfEachMinute() async throws {
        let world = try World()
        let recorder = ActivityRecorder(world.gate.activity, time: world.time)
        let task = Task { await recorder.run() }
        try await world.warm()
        let pipeline = try await TestPipeline(world)
        try await pipeline.receive("GET /v1/token?profile=reports HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await pipeline.answer().status == 200)
        // The clock starts 40 seconds into a minute.
        await world.time.sleeper(until: .seconds(1_020))
        world.time.advance(by: .seconds(20))
        await world.time.sleeper(until: .seconds(1_080))
        try await pipeline.receive("GET /v1/token?profile=backups HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await pipeline.answer().status == 403)
        let minutes = recorder.minutes
        #expect(minutes.map(\.minute.released) == [1, 0])
        #expect(minutes.map(\.minute.refused) == [0, 1])
        let start = Int(ManualTime.start.timeIntervalSince1970)
        #expect(minutes.map(\.start) == [start - 40, start + 20])
        task.cancel()
        await task.value
    }
}
