import Foundation
import Glibc
import KeyRotation
import SQLiteStorage
import Testing

/// What was sealed is gone when the journal says so.
@Suite struct WipeTests {
    /// Long enough to be no accident, and like nothing else in the files.
    private static func box(_ number: UInt64, length: Int) -> (bytes: [UInt8], mark: Data) {
        let mark = Array("box \(number) \(UInt64.random(in: .min ... .max))".utf8)
        return (Array(repeatElement(mark, count: max(1, length / mark.count)).joined()), Data(mark))
    }

    @Test(arguments: [40, 400, 5_000, 300_000])
    func nothingOfAWipedValueIsInAnyFile(length: Int) async throws {
        let folder = try JournalFolder()
        let journal = try await folder.open()
        let box = Self.box(1, length: length)
        try await journal.append(.entry(1, .store(box.bytes)))
        #expect(try folder.bytes().range(of: box.mark) != nil, "the search finds what is there")
        try await journal.append(.entry(2))
        try await journal.append(.entry(3, .wipe))
        #expect(try folder.bytes().range(of: box.mark) == nil)
        #expect(try await journal.latest().first?.sealed == nil)
    }

    @Test func aValueThatIsReplacedIsGone() async throws {
        let folder = try JournalFolder()
        let journal = try await folder.open()
        let (first, second) = (Self.box(1, length: 500), Self.box(2, length: 100))
        try await journal.append(.entry(1, .store(first.bytes)))
        try await journal.append(.entry(2, .store(second.bytes)))
        #expect(try folder.bytes().range(of: first.mark) == nil)
        #expect(try folder.bytes().range(of: second.mark) != nil)
    }

    /// Rows move between pages as others grow and shrink; none may leave a copy behind.
    @Test func nothingIsLeftWhereRowsMovedAbout() async throws {
        let folder = try JournalFolder(isInMemory: true)
        let journal = try await folder.open()
        var numbers: [String: Int] = [:]
        var marks: [Data] = []
        for step in UInt64(0)..<300 {
            let plan = "plan-\(Int.random(in: 0..<12))"
            numbers[plan, default: 0] += 1
            let state = [UInt8](repeating: 0x20, count: [10, 300, 1_500, 5_000].randomElement() ?? 0)
            let box = Self.box(step, length: [40, 200, 1_500, 6_000].randomElement() ?? 0)
            let changes: [JournalEntry.SealedChange] = [.store(box.bytes), .keep, .wipe]
            let change = changes.randomElement() ?? .keep
            if change == .store(box.bytes) { marks.append(box.mark) }
            try await journal.append(.entry(numbers[plan] ?? 0, plan: plan, state: state, change))
        }
        for (plan, number) in numbers { try await journal.append(.entry(number + 1, plan: plan, .wipe)) }
        let bytes = try folder.bytes()
        #expect(!marks.isEmpty && marks.allSatisfy { bytes.range(of: $0) == nil })
    }

    /// As after a process that was killed between the two parts of a wipe.
    @Test func aStartFinishesTheWipeOfAKilledProcess() async throws {
        let folder = try JournalFolder()
        let box = Self.box(1, length: 500)
        let journal = try await folder.open()
        try await journal.append(.entry(1, .store(box.bytes)))
        // The files as they are now, with a log.
        try FileManager.default.copyItem(atPath: folder.state, toPath: folder.path("copy"))
        let log = try Data(contentsOf: URL(filePath: folder.path("copy/rotation.db-wal")))
        #expect(log.range(of: box.mark) != nil)
        let copy = try await SQLiteJournal.open(in: folder.path("copy"))
        #expect(try Data(contentsOf: URL(filePath: folder.path("copy/rotation.db-wal"))).isEmpty)
        #expect(try await copy.latest().first?.sealed == box.bytes)
        try copy.close()
    }

    /// The log can be written and the database cannot: a file must not be written beyond a limit, which its end is not beyond.
    @Test func aWipeThatFailsIsDoneBeforeTheNextEntryOrThatIsRefused() async throws {
        let folder = try JournalFolder()
        let path = folder.state
        await #expect(processExitsWith: .success) { [path = path as String] in
            let journal = try await SQLiteJournal.open(in: path)
            let box = WipeTests.box(1, length: 500)
            let files = { try ["", "-wal"].map { try Data(contentsOf: URL(filePath: "\(path)/rotation.db\($0)")) } }
            try await journal.append(.entry(1, plan: "large", state: [UInt8](repeating: 1, count: 400_000)))
            try await journal.append(.entry(1, .store([0])))
            // This empties the log, so that there is room below the limit.
            try await journal.append(.entry(2, .wipe))
            try await journal.append(.entry(3, .store(box.bytes)))
            try limitFileSize(100_000)
            try await journal.append(.entry(4, state: [UInt8](repeating: 2, count: 20_000), .wipe))
            #expect(try files().contains { $0.range(of: box.mark) != nil }, "the wipe could not be finished")
            #expect(try await journal.latest().first?.sequence == 4, "the entry is written all the same")
            let error = await #expect(throws: JournalError.self) { try await journal.append(.entry(5)) }
            #expect(error?.code == .unavailable)
            #expect(try await journal.latest().first?.sequence == 4)
            try limitFileSize(nil)
            try await journal.append(.entry(5))
            #expect(try await journal.latest().first?.sequence == 5)
            #expect(try !files().contains { $0.range(of: box.mark) != nil })
        }
    }
}

/// Makes writes beyond this many bytes of a file fail, as on a disk that has no room, but for this process alone.
func limitFileSize(_ bytes: UInt?) throws {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    try #require(getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
    limit.rlim_cur = bytes ?? limit.rlim_max
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
}
