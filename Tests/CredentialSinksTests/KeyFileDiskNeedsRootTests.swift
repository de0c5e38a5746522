import CredentialSinks
import Foundation
import Glibc
import KeyRotation
import Testing

/// File systems that are really full, or really read-only.
///
/// Mounting one needs root.
@Suite(.serialized) struct KeyFileDiskNeedsRootTests {
    /// A file system in memory over the folder.
    private final class SmallDisk {
        let folder: KeyFolder

        init() throws {
            folder = try KeyFolder()
            let answer = mount("tmpfs", folder.url.path(), "tmpfs", 0, "size=64k,mode=0700")
            try #require(answer == 0, "this test needs root: it mounts a small file system (errno \(errno))")
        }

        deinit { umount2(folder.url.path(), Int32(MNT_DETACH)) }

        func fill() throws {
            let file = open(folder.path("ballast"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            try #require(file >= 0)
            let block = [UInt8](repeating: 0, count: 4_096)
            while write(file, block, block.count) > 0 {}
            close(file)
        }

        func remount(_ flags: UInt) throws {
            try #require(mount(nil, folder.url.path(), nil, UInt(MS_REMOUNT) | flags, nil) == 0)
        }
    }

    private func fault(_ answer: SinkAnswer) -> SinkFault? { if case .fault(let fault) = answer { fault } else { nil } }

    @Test func aFullDiskKeepsTheOldContentUntilThereIsRoom() async throws {
        let disk = try SmallDisk()
        try disk.folder.write("old")
        try disk.fill()
        let sink = try disk.folder.sink()
        let call = SinkCall.publish(try KeyContentTests.key(["api_key": "new"]))
        let fault = try #require(fault(try await sink.perform(call)))
        #expect(!fault.isLasting && fault.message.contains("no space left"), "\(fault.message)")
        #expect(disk.folder.content == "old")
        #expect(try disk.folder.names() == ["ballast", "key"])
        try #require(unlink(disk.folder.path("ballast")) == 0)
        guard case .holds(let print) = try await sink.perform(call) else {
            Issue.record("there is room")
            return
        }
        #expect(disk.folder.content == "new\n")
        // What was there takes no room, so it can be put back on a full disk.
        try disk.fill()
        guard case .holds = try await sink.perform(.restore(print)) else {
            Issue.record("it needs no room")
            return
        }
        #expect(disk.folder.content == "old")
    }

    @Test func aReadOnlyDiskIsTriedAgain() async throws {
        let disk = try SmallDisk()
        let sink = try disk.folder.sink()
        let call = SinkCall.publish(try KeyContentTests.key(["api_key": "new"]))
        try disk.remount(UInt(MS_RDONLY))
        let refused = try #require(fault(try await sink.perform(call)))
        #expect(!refused.isLasting && refused.message.contains("read-only"), "\(refused.message)")
        try disk.remount(0)
        guard case .holds(let print) = try await sink.perform(call) else {
            Issue.record("it can be written")
            return
        }
        try disk.remount(UInt(MS_RDONLY))
        for call in [.restore(print), .forget(print)] as [SinkCall] {
            let refused = try #require(fault(try await sink.perform(call)))
            #expect(!refused.isLasting && refused.message.contains("read-only"), "\(refused.message)")
        }
        #expect(disk.folder.content == "new\n")
        try disk.remount(0)
        #expect(try await sink.perform(.forget(print)) == .done)
    }
}
