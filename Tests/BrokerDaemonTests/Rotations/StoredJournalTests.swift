import BrokerTesting
import Foundation
import KeyRotation
import TestFiles
import Testing

@testable import BrokerDaemon

/// The journal is opened when it is first needed, once for all plans.
@Suite(.timeLimit(.minutes(1)))
struct StoredJournalTests {
    private static func inFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString.prefix(13))")
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: false,
            attributes: attributes
        )
        do {
            try await body(folder)
        } catch {
            try TestFiles.discard(folder)
            throw error
        }
        try TestFiles.discard(folder)
    }

    /// One process at a time has it: two openings at the same time would shut each other out.
    @Test(arguments: 1...8)
    func howeverManyAskAtTheSameTimeItIsOpenedOnce(round: Int) async throws {
        try await Self.inFolder { folder in
            let journal = StoredJournal(folder: folder.path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<32 {
                    let plan = try #require(PlanName(rawValue: "plan-\(number)"))
                    group.addTask {
                        _ = try await journal.latest()
                        let event = JournalEvent(
                            plan: plan,
                            rotation: nil,
                            at: ManualTime.start,
                            kind: "added",
                            detail: "round \(round)"
                        )
                        try await journal.append(
                            JournalEntry(plan: plan, sequence: 1, state: [], sealed: .keep, event: event)
                        )
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await journal.latest().count == 32)
            #expect(try await journal.history(of: nil, limit: 100).count == 32)
        }
    }

    @Test func aFolderThatIsNotSafeIsSaidToAllAndTakenUpOnceItIsMended() async throws {
        try await Self.inFolder { folder in
            let journal = StoredJournal(folder: folder.path)
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
            await withTaskGroup(of: JournalError?.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        do throws(JournalError) {
                            _ = try await journal.latest()
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                for await error in group { #expect(error?.message.contains(folder.path) == true) }
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
            #expect(try await journal.latest() == [])
        }
    }
}
