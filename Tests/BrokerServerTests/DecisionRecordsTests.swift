import AccessPolicy
import BrokerTesting
import Testing
import TokenBroker

@testable import BrokerServer

/// Refusals are kept for an hour, and nobody can push out those of others.
struct DecisionRecordsTests {
    private let time = ManualTime()

    private func note(_ records: DecisionRecords, user: UInt32 = 1, process: Int32 = 1) -> DecisionRecord {
        let workload = Workload(processID: process, userID: user)
        let refusal = Refusal.policy(.noGrantMatches)
        return records.note(refusal, workload: workload, userID: user, profile: nil, generation: 1).record
    }

    @Test func aDecisionIsKnownForAnHourAndNoLonger() {
        let records = DecisionRecords(time: time)
        let id = note(records).id
        time.advance(by: .seconds(3_599))
        #expect(records.record(id)?.id == id)
        time.advance(by: .seconds(1))
        #expect(records.record(id) == nil)
    }

    @Test func theSameQuestionIsCountedAndKeepsItsID() {
        let records = DecisionRecords(time: time)
        let first = note(records)
        time.advance(by: .seconds(10))
        let second = note(records)
        #expect(second.id == first.id)
        #expect(second.count == 2)
        #expect(second.firstAt == first.firstAt)
        #expect(second.lastAt == time.now.wall)
        #expect(note(records, process: 2).id != first.id)
    }

    @Test func aRepeatedQuestionHasANewIDOnceTheOldOneIsForgotten() {
        let records = DecisionRecords(time: time)
        let first = note(records)
        time.advance(by: .seconds(3_600))
        let second = note(records)
        #expect(second.id != first.id)
        #expect(second.count == 1)
    }

    @Test func aUserWithManyRefusalsOnlyPushesOutItsOwn() {
        let records = DecisionRecords(time: time, limit: 100, limitPerUser: 10)
        let other = note(records, user: 2).id
        let mine = (1...11).map { note(records, user: 1, process: $0).id }
        #expect(records.record(mine[0]) == nil)
        #expect(mine.dropFirst().allSatisfy { records.record($0) != nil })
        #expect(records.record(other) != nil)
    }

    @Test func whenAllRoomIsTakenTheUserWithMostRecordsGivesWay() {
        let records = DecisionRecords(time: time, limit: 12, limitPerUser: 10)
        let quiet = note(records, user: 2).id
        let loud = (1...10).map { note(records, user: 1, process: $0).id }
        for user in UInt32(3)...6 { _ = note(records, user: user) }
        #expect(records.record(quiet) != nil)
        #expect(loud.count { records.record($0) != nil } == 7)
    }

    @Test(arguments: [1, 2, 50]) func idsAreSixteenHexadecimalDigits(process: Int32) {
        let id = note(DecisionRecords(time: time), process: process).id
        #expect(id.utf8.count == 16)
        #expect(id.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
}
