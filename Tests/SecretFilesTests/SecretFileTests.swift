import Foundation
import Glibc
import SecretFiles
import Testing

/// Where a secret may lie, and how its file is replaced and taken away.
@Suite struct SecretFileTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        try body(folder)
    }

    private func file(_ url: URL, mode: UInt32 = 0o600, isInMemory: Bool = false) throws -> SecretFile {
        SecretFile(
            location: try FileLocation(url.path()),
            permissions: try .secret(mode: mode),
            isInMemory: isInMemory
        )
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
    }

    private func text(_ file: SecretFile) throws -> String? {
        if case .text(let text) = try file.content(limit: 1_024) { text } else { nil }
    }

    @Test func aContentGetsItsNameWhenItIsComplete() throws {
        try withFolder { folder in
            let file = try file(folder.appending(path: "token"), mode: 0o640)
            let staged = try file.stage("one")
            #expect(try names(folder).allSatisfy { $0.hasPrefix(".token.iam-broker-") })
            #expect(try String(contentsOfFile: staged.path, encoding: .utf8) == "one")
            try staged.commit()
            #expect(try names(folder) == ["token"])
            #expect(try text(file) == "one")
            // Given up: nothing stays behind.
            _ = try file.stage("two")
            #expect(try names(folder) == ["token"])
            #expect(try text(file) == "one")
        }
    }

    @Test func whatAKilledRunLeftIsTakenAwayAndNothingElse() throws {
        try withFolder { folder in
            let file = try file(folder.appending(path: "token"))
            for name in [".token.iam-broker-0", ".other.iam-broker-0", ".token", "token.iam-broker-0", "token"] {
                try Data("x".utf8).write(to: folder.appending(path: name))
            }
            try file.removeLeftovers()
            #expect(try names(folder) == [".other.iam-broker-0", ".token", "token", "token.iam-broker-0"])
            #expect(try file.remove())
            #expect(try !file.remove())
            #expect(try names(folder) == [".other.iam-broker-0", ".token", "token.iam-broker-0"])
        }
    }

    @Test func aFolderThatBecameALinkIsNotFollowed() throws {
        try withFolder { folder in
            let (real, elsewhere) = (folder.appending(path: "real"), folder.appending(path: "elsewhere"))
            for url in [real, elsewhere] {
                try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
            }
            let file = try file(real.appending(path: "token"))
            let staged = try file.stage("secret")
            try FileManager.default.removeItem(atPath: staged.path)
            try Data("mine".utf8).write(to: elsewhere.appending(path: "token"))
            try FileManager.default.removeItem(at: real)
            try FileManager.default.createSymbolicLink(at: real, withDestinationURL: elsewhere)
            for attempt in [{ _ = try file.stage("") }, { try file.remove() }, { _ = try file.content(limit: 9) }]
                as [() throws -> Void]
            {
                let error = #expect(throws: SecretFileError.self) { try attempt() }
                #expect(error?.code == .unsafePlace)
            }
            // It was opened before, and goes where that was.
            #expect(throws: SecretFileError.self) { try staged.commit() }
            #expect(try String(contentsOf: elsewhere.appending(path: "token"), encoding: .utf8) == "mine")
        }
    }

    @Test func aFileThatBecameALinkIsNeitherReadNorRemoved() throws {
        try withFolder { folder in
            let target = folder.appending(path: "target")
            try Data("mine".utf8).write(to: target)
            try FileManager.default.createSymbolicLink(at: folder.appending(path: "token"), withDestinationURL: target)
            let file = try file(folder.appending(path: "token"))
            #expect(throws: SecretFileError.self) { try file.content(limit: 9) }
            #expect(throws: SecretFileError.self) { try file.remove() }
            #expect(throws: SecretFileError.self) { try file.stage("") }
            #expect(try String(contentsOf: target, encoding: .utf8) == "mine")
        }
    }

    @Test func onlyMemoryWillDoWhereThatIsRequired() throws {
        let inMemory = SecretFile(
            location: try FileLocation("/dev/shm/iam-broker-test-\(getpid())"),
            permissions: try .secret(),
            isInMemory: true
        )
        try inMemory.stage("secret").commit()
        #expect(try inMemory.remove())
        // The folder of this source is on a disk.
        let onDisk = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "never")
        let error = #expect(throws: SecretFileError.self) { try file(onDisk, isInMemory: true).stage("") }
        #expect(error?.code == .unsafePlace && error?.message.contains("is not on tmpfs") == true)
    }

    @Test func contentsThatAreNotAsTheyShouldBeAreToldApart() throws {
        try withFolder { folder in
            let file = try file(folder.appending(path: "token"))
            if case .absent = try file.content(limit: 9) {} else { Issue.record("there is none") }
            try file.stage("0123456789").commit()
            if case .noFile = try file.content(limit: 9) {} else { Issue.record("it is too large") }
            #expect(try text(file) == "0123456789")
            #expect(chmod(folder.appending(path: "token").path(), 0o644) == 0)
            if case .otherPermissions = try file.content(limit: 10) {} else { Issue.record("everybody may read it") }
        }
    }

    @Test(arguments: [220, 221])
    func aNameLeavesRoomForAnother(length: Int) throws {
        let path = "/tmp/" + String(repeating: "a", count: length)
        if length > 220 {
            #expect(throws: SecretFileError.self) { try FileLocation(path) }
        } else {
            #expect(try FileLocation(path).name.count == length)
        }
    }

    /// In a folder where others may write they can choose such names.
    @Test func whatOthersPutBesideTheFileKeepsNobodyFromRemovingIt() throws {
        try withFolder { folder in
            let file = try file(folder.appending(path: "token"))
            try file.stage("secret").commit()
            let obstacle = folder.appending(path: ".token.iam-broker-x")
            try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: false)
            let link = folder.appending(path: ".token.iam-broker-y")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder)
            #expect(try file.remove())
            #expect(try names(folder) == [".token.iam-broker-x", ".token.iam-broker-y"])
            try file.removeLeftovers()
        }
    }

    @Test func whereThereIsNoFolderThereIsNoFile() throws {
        try withFolder { folder in
            let file = try file(folder.appending(path: "gone/token"))
            #expect(try !file.remove())
            #expect(try file.modificationTime() == nil)
            let error = #expect(throws: SecretFileError.self) { try file.stage("secret") }
            #expect(error?.code == .noFolder && error?.message.contains("there is no folder") == true)
        }
    }
}
