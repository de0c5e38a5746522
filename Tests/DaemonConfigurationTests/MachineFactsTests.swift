import AccessPolicy
import DaemonConfiguration
import Foundation
import Glibc
import Testing

/// What lint is told about this machine.
struct MachineFactsTests {
    @Test func rootExistsAndUnlikelyNumbersDoNot() {
        #expect(MachineFacts.ofThisMachine.hasUser(0))
        #expect(!MachineFacts.ofThisMachine.hasUser(4_123_456_789))
        #expect(AccountNames.ofThisMachine.userID("root") == 0)
        #expect(AccountNames.ofThisMachine.groupID("root") == 0)
        #expect(AccountNames.ofThisMachine.userID("no such user") == nil)
    }

    @Test func aFileIsDescribedWithoutFollowingLinks() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "facts-\(UUID())").path()
        try Data("abc".utf8).write(to: URL(filePath: path))
        defer { for name in [path, "\(path).link"] { try? FileManager.default.removeItem(atPath: name) } }
        try FileManager.default.createSymbolicLink(atPath: "\(path).link", withDestinationPath: path)
        let facts = MachineFacts.ofThisMachine
        for (mode, isExecutable, isWritable) in [
            (0o644, false, false), (0o755, true, false), (0o775, true, true), (0o646, false, true),
        ] as [(mode_t, Bool, Bool)] {
            try #require(chmod(path, mode) == 0)
            #expect(
                facts.file(path)
                    == FileFacts(
                        kind: .regular,
                        isExecutable: isExecutable,
                        ownerID: geteuid(),
                        isWritableByOthers: isWritable
                    )
            )
        }
        #expect(facts.file("\(path).link")?.kind == .symbolicLink)
        #expect(facts.file("/dev/null")?.kind == .other)
        #expect(facts.file("/nowhere/a") == nil)
        // FIPS 180-2, appendix B.1.
        #expect(facts.sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(facts.sha256("\(path).link") == nil)
        #expect(facts.sha256("/dev/zero") == nil)
        #expect(MachineFacts.withoutDigests.sha256(path) == nil)
    }
}
