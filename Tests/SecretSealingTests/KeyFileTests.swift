import Foundation
import Glibc
import JOSE
import KeyRotation
import SecretSealing
import TestFiles
import Testing

/// The file of the sealing key.
@Suite struct KeyFileTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sealing-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { #expect(throws: Never.self) { try TestFiles.discard(folder) } }
        try await body(folder.appending(path: "state"))
    }

    private func file(_ folder: URL) -> URL { folder.appending(path: KeyFile.name) }

    private func expectRefusal(_ folder: URL, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: SealError.self, sourceLocation: sourceLocation) {
            try KeyFile.key(in: folder.path())
        }
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        #expect(error?.message.contains(folder.path()) == true, sourceLocation: sourceLocation)
    }

    @Test func theKeyIsMadeOnceAndOpensWhatItSealed() async throws {
        try await withFolder { folder in
            let box = try AESSealer(KeyFile.key(in: folder.path())).seal(Redacted([1, 2, 3]), for: "a")
            let content = try Data(contentsOf: file(folder))
            #expect(content.count == 32 && Set(content).count > 8)
            #expect(try AESSealer(KeyFile.key(in: folder.path())).open(box, for: "a").exposed == [1, 2, 3])
            #expect(try Data(contentsOf: file(folder)) == content)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()) == [KeyFile.name])
            for (path, mode) in [(folder.path(), 0o700), (file(folder).path(), 0o600)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                #expect(attributes[.posixPermissions] as? Int == mode)
            }
        }
    }

    @Test func whoeverStartsAtTheSameTimeGetsTheSameKey() async throws {
        for _ in 1...20 {
            try await withFolder { folder in
                let path = folder.path()
                let sealers = try await withThrowingTaskGroup(of: AESSealer.self) { group in
                    for _ in 1...8 { group.addTask { try AESSealer(KeyFile.key(in: path)) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let box = try sealers[0].seal(Redacted([7]), for: "a")
                for sealer in sealers { #expect(try sealer.open(box, for: "a").exposed == [7]) }
                #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [KeyFile.name])
            }
        }
    }

    @Test(arguments: [0, 1, 31, 33, 64])
    func aFileOfAnotherLengthIsRefusedAndLeftAlone(length: Int) async throws {
        try await withFolder { folder in
            _ = try KeyFile.key(in: folder.path())
            let content = Data(repeating: 1, count: length)
            let handle = try FileHandle(forWritingTo: file(folder))
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: content)
            try handle.close()
            expectRefusal(folder, "has \(length) bytes and not 32")
            #expect(try Data(contentsOf: file(folder)) == content)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o602])
    func aFileThatOthersMayReadOrWriteIsRefused(mode: mode_t) async throws {
        try await withFolder { folder in
            _ = try KeyFile.key(in: folder.path())
            #expect(chmod(file(folder).path(), mode) == 0)
            expectRefusal(folder, "others may read or write")
        }
    }

    @Test func aLinkIsRefused() async throws {
        try await withFolder { folder in
            _ = try KeyFile.key(in: folder.path())
            let elsewhere = folder.deletingLastPathComponent().appending(path: "elsewhere")
            try FileManager.default.moveItem(at: file(folder), to: elsewhere)
            try FileManager.default.createSymbolicLink(at: file(folder), withDestinationURL: elsewhere)
            expectRefusal(folder, "symbolic link")
            // Nor is one made through a link that leads to nothing.
            try FileManager.default.removeItem(at: elsewhere)
            expectRefusal(folder, "symbolic link")
            #expect(!FileManager.default.fileExists(atPath: elsewhere.path()))
        }
    }

    @Test func whatIsNoFileIsRefusedWithoutWaiting() async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            #expect(mkfifo(file(folder).path(), 0o600) == 0)
            expectRefusal(folder, "is not a file")
        }
    }

    @Test func aFolderThatOthersMayWriteToIsRefused() async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            #expect(chmod(folder.path(), 0o770) == 0)
            expectRefusal(folder, "others may")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()).isEmpty)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can give files away"))
    func aFileOfAnotherUserIsRefusedNeedsRoot() async throws {
        try await withFolder { folder in
            _ = try KeyFile.key(in: folder.path())
            #expect(chown(file(folder).path(), 1, 1) == 0)
            expectRefusal(folder, "belongs to uid 1")
        }
    }
}
