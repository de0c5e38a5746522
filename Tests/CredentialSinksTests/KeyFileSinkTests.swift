import BrokerTesting
import CredentialSinks
import Foundation
import Glibc
import JOSE
import KeyRotation
import Synchronization
import Testing

/// A file as the place from which consumers take a key.
@Suite struct KeyFileSinkTests {
    private final class Runs: Sendable {
        private let state = Mutex<(words: [[String]], fault: SinkFault?)>(([], nil))

        var words: [[String]] { state.withLock { $0.words } }

        func fail(_ fault: SinkFault?) { state.withLock { $0.fault = fault } }

        func run(_ words: [String], _ purpose: String) -> SinkFault? {
            state.withLock { state in
                state.words.append([purpose] + words)
                return state.fault
            }
        }
    }

    private struct Unexpected: Error { let answer: String }

    private func key(_ value: String, rotation: UInt64 = 1) throws -> PublishedKey {
        try KeyContentTests.key(["api_key": value], rotation: rotation)
    }

    private func print(_ answer: SinkAnswer) throws -> SinkPrint {
        guard case .holds(let print) = answer else { throw Unexpected(answer: "\(answer)") }
        return print
    }

    private let mark = "0000000000000001"

    @Test(arguments: [nil, "before\n"])
    func itKeepsWhatSinksPromise(before: String?) async throws {
        let folder = try KeyFolder()
        if let before { try folder.write(before) }
        let plan = try #require(PlanName(rawValue: "archive"))
        let values = Runs()
        try await checkConformance(of: folder.sink(), plan: plan) {
            _ = values.run([], "")
            return KeyMaterial(["api_key": Redacted("value-\(values.words.count)")])
        }
    }

    @Test func whatWasThereIsKeptWithItsModeAndComesBack() async throws {
        let folder = try KeyFolder()
        try folder.write("old", mode: 0o644)
        let sink = try folder.sink(mode: 0o640)
        let published = try print(await sink.perform(.publish(key("new"))))
        #expect(folder.content == "new\n")
        #expect(try folder.mode() == 0o640)
        #expect(try folder.names() == [".key.\(mark).previous", "key"])
        #expect(try folder.mode(".key.\(mark).previous") == 0o644)
        // The same again: what is kept is what was there first.
        #expect(try print(await sink.perform(.publish(key("new")))) == published)
        let restored = try print(await sink.perform(.restore(published)))
        #expect(folder.content == "old")
        #expect(try folder.mode() == 0o644)
        #expect(try folder.names() == ["key"])
        #expect(try await sink.perform(.inspect(restored)) == .holds(restored))
        #expect(try await sink.perform(.restore(published)) == .holds(restored))
    }

    @Test func whereThereWasNoFileThereIsNoneAgain() async throws {
        let folder = try KeyFolder()
        let sink = try folder.sink()
        let published = try print(await sink.perform(.publish(key("new"))))
        #expect(try folder.names() == [".key.\(mark).absent", "key"])
        let restored = try print(await sink.perform(.restore(published)))
        #expect(restored.text.isEmpty)
        #expect(try folder.names() == [])
        #expect(try await sink.perform(.inspect(restored)) == .holds(restored))
        #expect(try await sink.perform(.restore(published)) == .holds(restored))
    }

    @Test func whatIsForgottenIsLost() async throws {
        let folder = try KeyFolder()
        try folder.write("old")
        let sink = try folder.sink()
        let published = try print(await sink.perform(.publish(key("new"))))
        #expect(try await sink.perform(.forget(published)) == .done)
        #expect(try folder.names() == ["key"])
        guard case .differs(let text) = try await sink.perform(.restore(published)) else {
            Issue.record("it cannot be restored")
            return
        }
        #expect(text.contains("nothing is kept"))
        #expect(folder.content == "new\n")
    }

    @Test func aRotationThatPublishedNothingHasNothingToTakeBack() async throws {
        let folder = try KeyFolder()
        try folder.write("old")
        let print = SinkPrint(rotation: RotationID(1), text: "")
        let found = try self.print(await folder.sink().perform(.restore(print)))
        #expect(folder.content == "old" && !found.text.isEmpty)
        #expect(try folder.names() == ["key"])
    }

    @Test(arguments: [("other", 0o600 as mode_t), ("new\n", 0o640), ("new\n", 0o604)])
    func whatSomebodyChangedDiffers(text: String, mode: mode_t) async throws {
        let folder = try KeyFolder()
        let sink = try folder.sink()
        let published = try print(await sink.perform(.publish(key("new"))))
        #expect(try await sink.perform(.inspect(published)) == .holds(published))
        try folder.write(text, mode: mode)
        guard case .differs = try await sink.perform(.inspect(published)) else {
            Issue.record("it has changed")
            return
        }
        // Publishing the same again makes it as it should be, and does not take the change for what was there before.
        #expect(try await sink.perform(.publish(key("new"))) == .holds(published))
        #expect(try folder.names() == [".key.\(mark).absent", "key"])
    }

    @Test func aFileThatIsGoneDiffers() async throws {
        let folder = try KeyFolder()
        let sink = try folder.sink()
        let published = try print(await sink.perform(.publish(key("new"))))
        try FileManager.default.removeItem(atPath: folder.path("key"))
        #expect(try await sink.perform(.inspect(published)) == .differs("\(folder.path("key")) is gone"))
    }

    @Test func onlyWhatTheLastRotationReplacedIsKept() async throws {
        let folder = try KeyFolder()
        try folder.write("kept by somebody else", to: ".key.old.previous")
        try folder.write("of another file", to: ".key.x.\(mark).previous")
        let sink = try folder.sink()
        _ = try await sink.perform(.publish(key("one", rotation: 1)))
        _ = try await sink.perform(.publish(key("two", rotation: 2)))
        #expect(
            try folder.names() == [
                ".key.0000000000000002.previous", ".key.old.previous", ".key.x.\(mark).previous", "key",
            ]
        )
    }

    @Test func aPrintTellsNothingOfTheContent() async throws {
        let (folder, other) = (try KeyFolder(), try KeyFolder())
        let first = try print(await folder.sink().perform(.publish(key("letmein"))))
        let second = try print(await other.sink().perform(.publish(key("letmein"))))
        #expect(first == second && first.text.utf8.count == 64)
        // SHA-256 of "letmein\n", which anybody can look up.
        #expect(first.text != "8de47d5aa7d61e92c577d8156b966583f6d7d75d714a3b99fca4fb2f8bfe97c6")
        let prints = try KeyFilePrints(derivedFrom: Redacted(Array("another secret".utf8)))
        let stranger = try KeyFolder()
        #expect(try print(await stranger.sink(prints: prints).perform(.publish(key("letmein")))) != first)
    }

    // MARK: Programs

    @Test func aCheckSeesTheNewContentBeforeItHasTheName() async throws {
        let folder = try KeyFolder()
        try folder.write("old")
        let runs = Runs()
        let look: @Sendable ([String], String) -> SinkFault? = { words, purpose in
            #expect(FileManager.default.contents(atPath: words[2]) == Data("new\n".utf8))
            #expect(folder.content == "old")
            return runs.run(words, purpose)
        }
        let sink = try folder.sink(check: ["/bin/test", "-s", "{file}"], run: look)
        runs.fail(SinkFault("check: it says no"))
        #expect(try await sink.perform(.publish(key("new"))) == .fault(SinkFault("check: it says no")))
        #expect(folder.content == "old")
        #expect(try folder.names() == ["key"])
        runs.fail(nil)
        _ = try print(await sink.perform(.publish(key("new"))))
        #expect(folder.content == "new\n" && runs.words.count == 2)
    }

    @Test func aReloadThatFailsIsRunAgainAndTheFileIsNotWritten() async throws {
        let folder = try KeyFolder()
        let runs = Runs()
        let sink = try folder.sink(reload: ["/bin/reload"], run: runs.run)
        runs.fail(SinkFault("reload: no"))
        #expect(try await sink.perform(.publish(key("new"))) == .fault(SinkFault("reload: no")))
        #expect(folder.content == "new\n")
        var before = stat()
        try #require(stat(folder.path("key"), &before) == 0)
        runs.fail(nil)
        let published = try print(await sink.perform(.publish(key("new"))))
        var after = stat()
        try #require(stat(folder.path("key"), &after) == 0)
        #expect(before.st_ino == after.st_ino)
        #expect(runs.words == [["reload", "/bin/reload"], ["reload", "/bin/reload"]])
        // Taking it back is told as well, until that was heard.
        runs.fail(SinkFault("reload: no"))
        #expect(try await sink.perform(.restore(published)) == .fault(SinkFault("reload: no")))
        runs.fail(nil)
        _ = try print(await sink.perform(.restore(published)))
        #expect(runs.words.count == 4)
    }

    // MARK: Faults

    @Test func aPlaceThatIsNotSafeLasts() async throws {
        let folder = try KeyFolder()
        try folder.write("elsewhere", to: "target")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("key"),
            withDestinationPath: folder.path("target")
        )
        let sink = try folder.sink()
        for call in try [.publish(key("new")), .inspect(SinkPrint(rotation: RotationID(1), text: ""))] as [SinkCall] {
            guard case .fault(let fault) = try await sink.perform(call) else {
                Issue.record("a link is no place for a key")
                continue
            }
            #expect(fault.isLasting && fault.message.contains("symbolic link"))
        }
        #expect(try String(contentsOfFile: folder.path("target"), encoding: .utf8) == "elsewhere")
        #expect(try folder.names() == ["key", "target"])
    }

    @Test func aFolderThatIsNotThereMayComeBack() async throws {
        let folder = try KeyFolder()
        let sink = try folder.sink()
        let moved = FileManager.default.temporaryDirectory.appending(path: "moved-\(UUID().uuidString.prefix(13))")
            .path()
        try #require(rename(folder.url.path(), moved) == 0)
        guard case .fault(let fault) = try await sink.perform(.publish(key("new"))) else {
            Issue.record("there is no folder")
            return
        }
        #expect(!fault.isLasting && fault.message.contains("there is no folder"))
        try #require(rename(moved, folder.url.path()) == 0)
        _ = try print(await sink.perform(.publish(key("new"))))
    }

    @Test func anObstacleWhereTheOldContentIsKeptIsNamed() async throws {
        let folder = try KeyFolder()
        try folder.write("old")
        try FileManager.default.createDirectory(
            atPath: folder.path(".key.\(mark).previous"),
            withIntermediateDirectories: false
        )
        guard case .fault(let fault) = try await folder.sink().perform(.publish(key("new"))) else {
            Issue.record("what was there cannot be kept")
            return
        }
        #expect(fault.isLasting && fault.message.contains("is not a file"))
        #expect(folder.content == "old")
    }

    @Test func aKeyWithoutTheValueLasts() async throws {
        let folder = try KeyFolder()
        let answer = try await folder.sink().perform(.publish(KeyContentTests.key(["value": "v"])))
        guard case .fault(let fault) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(fault.isLasting && fault.message.contains("the key has no key.api_key"))
        #expect(try folder.names() == [])
    }

    @Test func aStopIsNoAnswer() async throws {
        let folder = try KeyFolder()
        let sink = try folder.sink(blocking: { _ in nil })
        await #expect(throws: Interruption.self) { try await sink.perform(.publish(key("new"))) }
    }
}
