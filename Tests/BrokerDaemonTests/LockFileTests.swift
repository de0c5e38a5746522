import AccessPolicy
import BrokerTesting
import Foundation
import TestFiles
import Testing
import TokenBroker

@testable import BrokerDaemon

/// The file that locks survive in.
struct LockFileTests {
    private let folder: Folder
    private var state: String { folder.path("state") }
    private var file: String { folder.path("state/locks.json") }
    private var store: LockFile { LockFile(folder: state) }

    private static let locks = LockSet(all: ProfileLock(since: Date(timeIntervalSince1970: 1_788_256_800), by: 0))

    init() throws {
        folder = try Folder()
    }

    @Test func theFileIsALockStore() async throws {
        try await checkConformance(of: store, reopened: { store })
    }

    @Test func folderAndFileAreForTheDaemonAlone() async throws {
        try await store.save(Self.locks)
        #expect(try folder.mode("state") == 0o700)
        #expect(try folder.mode("state/locks.json") == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: state) == ["locks.json"])
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text == #"{"all":{"by":0,"since":1788256800},"profiles":{},"version":1}"# + "\n")
    }

    @Test func whatAKilledDaemonLeftIsReplaced() async throws {
        try folder.create("state")
        try folder.write("state/locks.json.new", #"{"all""#)
        #expect(try store.load().isEmpty)
        try await store.save(Self.locks)
        #expect(try store.load() == Self.locks)
    }

    /// A link that somebody put in the way is neither followed nor written through.
    @Test func linksAreNotFollowed() async throws {
        try folder.create("state")
        try folder.write("elsewhere", "precious")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("state/locks.json.new"),
            withDestinationPath: folder.path("elsewhere")
        )
        try await store.save(Self.locks)
        #expect(try String(contentsOfFile: folder.path("elsewhere"), encoding: .utf8) == "precious")
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: folder.path("elsewhere"))
        expectRefusal("cannot be read: Too many levels of symbolic links")
    }

    @Test(arguments: [
        "", "{}", "null", "[]", #"{"version":1}"#, #"{"profiles":{}}"#, #"{"version":2,"profiles":{}}"#,
        #"{"version":1,"profiles":[]}"#, #"{"version":1,"profiles":{},"new":1}"#,
        #"{"version":1,"profiles":{},"profiles":{}}"#, #"{"version":1,"profiles":{},"all":null}"#,
        #"{"version":1,"profiles":{},"all":{"since":1}}"#, #"{"version":1,"profiles":{},"all":{"since":-1,"by":0}}"#,
        #"{"version":1,"profiles":{},"all":{"since":1,"by":-1}}"#,
        #"{"version":1,"profiles":{},"all":{"since":1,"by":4294967296}}"#,
        #"{"version":1,"profiles":{},"all":{"since":253402300800,"by":0}}"#,
        #"{"version":1,"profiles":{},"all":{"since":1,"by":0,"until":2}}"#,
        #"{"version":1,"profiles":{"a b":{"since":1,"by":0}}}"#, #"{"version":1,"profiles":{"a":true}}"#,
        #"{"version":1,"profiles":{}}x"#, #"{"version":1,"prof"#,
    ])
    func whatIsNotUnderstoodMightBeALock(text: String) throws {
        try folder.create("state")
        try folder.write("state/locks.json", text)
        expectRefusal("is damaged, or of another version")
    }

    @Test func aFileThatSomebodyElseMayHaveWrittenIsNotBelieved() async throws {
        try await store.save(Self.locks)
        for (path, mode, text) in [
            (file, 0o620, "can be written by other users"), (file, 0o602, "can be written by other users"),
            (state, 0o770, "can be written by others"), (state, 0o707, "can be written by others"),
        ] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            expectRefusal(text)
            try FileManager.default.setAttributes([.posixPermissions: mode & 0o700], ofItemAtPath: path)
        }
        #expect(try store.load() == Self.locks)
    }

    @Test(.enabled(if: getuid() == 0, "only root can give files away"))
    func aFileOfAnotherUserIsNotBelieved() async throws {
        try await store.save(Self.locks)
        #expect(chown(file, 1, 1) == 0)
        expectRefusal("belongs to uid 1 and not to the daemon's user (uid 0)")
        #expect(chown(file, 0, 0) == 0)
        #expect(chown(state, 1, 1) == 0)
        expectRefusal("belongs to another user")
        try await checkSaveFails("belongs to another user")
    }

    @Test func somethingElseInPlaceOfTheFileIsNotWaitedFor() throws {
        try folder.create("state")
        #expect(mkfifo(file, 0o600) == 0)
        expectRefusal("is not a file")
    }

    @Test func aFileWithoutEndIsNotReadToTheEnd() throws {
        try folder.create("state")
        try folder.write("state/locks.json", String(repeating: " ", count: 1_024 * 1_024 + 1))
        expectRefusal("is larger than 1048576 bytes")
    }

    @Test func aFolderThatCannotBeMadeIsAnErrorOfTheSaveAlone() async throws {
        let store = LockFile(folder: folder.path("missing/state"))
        #expect(try store.load().isEmpty)
        try await checkFailure(of: store)
        try folder.write("missing", "")
        let error = await #expect(throws: LockStoreError.self) { try await store.save(Self.locks) }
        #expect(error?.message.contains("Not a directory") == true)
    }

    @Test func aFileThatCannotBeReplacedStaysAsItIs() async throws {
        try await store.save(Self.locks)
        // Not even root removes a folder that way.
        try folder.create("state/locks.json.new")
        try await checkFailure(of: store)
        try await checkSaveFails("locks.json.new cannot be removed")
        #expect(try store.load() == Self.locks)
    }

    private func checkSaveFails(_ text: String) async throws {
        let error = await #expect(throws: LockStoreError.self) { try await store.save(LockSet()) }
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    private func expectRefusal(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: LockStoreError.self, sourceLocation: sourceLocation) { try store.load() }
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        #expect(error?.message.hasSuffix(".") == false, sourceLocation: sourceLocation)
    }
}

/// A folder that goes away with this value.
final class Folder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "locks-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        do {
            try TestFiles.discard(url)
        } catch {
            Issue.record("the folder stays: \(error)")
        }
    }

    func path(_ name: String) -> String { url.appending(path: name).path() }

    func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: url.appending(path: name)) }

    func create(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: false)
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
