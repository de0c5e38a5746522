internal import FoundationEssentials
internal import KeyRotation
internal import Testing

/// The parts of the conformance kit of rotation journals.
struct JournalCheck {
    let sourceLocation: SourceLocation

    func startsEmpty(_ journal: some RotationJournal) async throws {
        #expect(try await journal.latest().isEmpty, sourceLocation: sourceLocation)
        #expect(try await journal.history(of: nil, limit: .max).isEmpty, sourceLocation: sourceLocation)
        #expect(try await journal.history(of: plan("a"), limit: .max).isEmpty, sourceLocation: sourceLocation)
    }

    func keepsEntries(_ journal: some RotationJournal) async throws {
        let bytes = Array(UInt8.min ... .max)
        let long = [UInt8](repeating: 0xA5, count: 300 * 1_024)
        let steps:
            [(plan: String, sequence: Int, state: [UInt8], change: JournalEntry.SealedChange, sealed: [UInt8]?)] = [
                ("a", 1, bytes, .keep, nil), ("a", 2, [], .store(bytes), bytes), ("b", 1, long, .store(long), long),
                ("a", 3, long, .keep, bytes), ("a", 4, Array("{}".utf8), .store([]), []), ("b", 2, [0], .keep, long),
                ("a", 5, [1], .keep, []), ("a", 6, [2], .wipe, nil), ("a", 7, [3], .keep, nil),
                ("a", 8, [4], .wipe, nil),
                ("b", 3, [5], .wipe, nil), ("c", 1, [6], .wipe, nil), ("c", 2, [7], .store([7]), [7]),
            ]
        var expected: [PlanName: JournalRecord] = [:]
        for step in steps {
            let plan = try plan(step.plan)
            try await journal.append(
                JournalEntry(
                    plan: plan,
                    sequence: step.sequence,
                    state: step.state,
                    sealed: step.change,
                    event: event(plan, step.sequence)
                )
            )
            expected[plan] = JournalRecord(
                plan: plan,
                sequence: step.sequence,
                state: step.state,
                sealed: step.sealed
            )
            let found = try await journal.latest()
            #expect(found.count == expected.count, "a plan has one last entry", sourceLocation: sourceLocation)
            for record in found {
                let isRight = record == expected[record.plan]
                #expect(
                    isRight,
                    "the last entry of \(record.plan) is as it was written",
                    sourceLocation: sourceLocation
                )
            }
        }
    }

    /// Nothing is written with a number that is not the next.
    func refusesOtherSequences(_ journal: some RotationJournal) async throws {
        let numbers = Dictionary(uniqueKeysWithValues: try await journal.latest().map { ($0.plan, $0.sequence) })
        for plan in [try plan("a"), try plan("b"), try plan("new")] {
            let last = numbers[plan] ?? 0
            for sequence in [last, last - 1, last + 2, 0, -1, .min, .max] {
                let entry = JournalEntry(
                    plan: plan,
                    sequence: sequence,
                    state: [0xFF],
                    sealed: .store([0xFF]),
                    event: event(plan, sequence)
                )
                try await checkFailure(
                    of: journal,
                    appending: entry,
                    code: .conflict,
                    sourceLocation: sourceLocation
                )
            }
        }
    }

    func tellsHistory(_ journal: some RotationJournal) async throws {
        let (a, b) = (try plan("a"), try plan("b"))
        let ofA = (1...8).reversed().map { event(a, $0) }
        #expect(try await journal.history(of: a, limit: .max) == ofA, sourceLocation: sourceLocation)
        #expect(try await journal.history(of: a, limit: 2) == Array(ofA.prefix(2)), sourceLocation: sourceLocation)
        #expect(try await journal.history(of: b, limit: 1) == [event(b, 3)], sourceLocation: sourceLocation)
        #expect(try await journal.history(of: plan("new"), limit: 9).isEmpty, sourceLocation: sourceLocation)
        let all = try await journal.history(of: nil, limit: .max)
        #expect(all.count == 13, "every entry has its event", sourceLocation: sourceLocation)
        #expect(all.first == event(try plan("c"), 2), "the newest is first", sourceLocation: sourceLocation)
        #expect(all.last == event(a, 1), "the oldest is last", sourceLocation: sourceLocation)
        for limit in [0, -1, .min] {
            #expect(try await journal.history(of: nil, limit: limit).isEmpty, sourceLocation: sourceLocation)
        }
    }

    /// Of many who write the same entry one succeeds, and the others learn of it.
    func letsOneOfManyWin(_ journal: some RotationJournal) async throws {
        let plan = try plan("race")
        let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
            for number in UInt8(1)...8 {
                let entry = JournalEntry(
                    plan: plan,
                    sequence: 1,
                    state: [number],
                    sealed: .keep,
                    event: event(plan, Int(number))
                )
                group.addTask {
                    do {
                        try await journal.append(entry)
                        return number
                    } catch let error as JournalError where error.code == .conflict {
                        return nil
                    }
                }
            }
            return try await group.reduce(into: [UInt8]()) { $0 += $1.map { [$0] } ?? [] }
        }
        #expect(winners.count == 1, "one wins", sourceLocation: sourceLocation)
        let record = try await journal.latest().first { $0.plan == plan }
        #expect(record?.state == winners, "what the winner wrote counts", sourceLocation: sourceLocation)
    }

    private func plan(_ name: String) throws -> PlanName {
        try #require(PlanName(rawValue: name), sourceLocation: sourceLocation)
    }

    /// Clocks go back, and text may be anything.
    private func event(_ plan: PlanName, _ number: Int) -> JournalEvent {
        let isOdd = !number.isMultiple(of: 2)
        return JournalEvent(
            plan: plan,
            rotation: isOdd ? RotationID(UInt64(truncatingIfNeeded: number)) : nil,
            at: Date(timeIntervalSince1970: 1_788_256_800.123 - Double(Int16(truncatingIfNeeded: number))),
            kind: isOdd ? "created" : "key-published",
            detail: isOdd ? "'quoted\"; DROP TABLE plan;--\u{0} \n ключ 🔑" : ""
        )
    }
}
