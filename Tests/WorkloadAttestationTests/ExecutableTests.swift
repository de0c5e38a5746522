import AccessPolicy
import CLinux
import Foundation
import Glibc
import MessageDigests
import Testing
import WorkloadAttestation

struct ExecutableTests {
    private func workload(
        _ peer: Peer,
        _ facts: RequiredFacts = [.executable, .sha256],
        limits: AttestationLimits = .init()
    ) async throws -> Workload {
        try await PeerAttestor(limits: limits).peer(ofSocket: peer.connection).workload(facts)
    }

    private func digest(_ path: String) throws -> String {
        try SHA256.digest(of: Data(contentsOf: URL(filePath: path))).hexadecimal
    }

    @Test func pathAndDigestAreThoseOfTheFile() async throws {
        let folder = try TestFolder()
        let workload = try await workload(Peer(in: folder))
        #expect(workload.executable == .known("/usr/bin/perl"))
        #expect(workload.sha256 == .known(try digest("/usr/bin/perl")))
    }

    @Test func aPathWithLineBreaksIsAFact() async throws {
        let folder = try TestFolder()
        let path = try folder.program("two\nlines\r\n (deleted)")
        let peer = try Peer(in: folder)
        try peer.execute(path)
        #expect(try await workload(peer).executable == .known(path))
    }

    @Test func aPathThatIsNotUTF8IsUnknownAndTheDigestIsNot() async throws {
        let folder = try TestFolder()
        let program = try folder.program("program")
        let path = Array("\(folder.path)/".utf8) + [0xC3, 0x28, 0xFF]
        try #require(rename(program, (path + [0]).map { CChar(bitPattern: $0) }) == 0)
        let peer = try Peer(in: folder)
        try peer.execute(path)
        let workload = try await workload(peer)
        #expect(workload.executable == .unknown("the executable's path is not UTF-8"))
        #expect(workload.sha256 == .known(try digest("/bin/cat")))
        peer.process.end()
        unlink((path + [0]).map { CChar(bitPattern: $0) })
    }

    @Test func aRemovedExecutableHasNoPathAndADigest() async throws {
        let folder = try TestFolder()
        let path = try folder.program("program")
        let peer = try Peer(in: folder)
        try peer.execute(path)
        try #require(unlink(path) == 0)
        let workload = try await workload(peer)
        #expect(isUnknown(workload.executable))
        #expect(workload.sha256 == .known(try digest("/bin/cat")))
    }

    @Test func aReplacedExecutableHasNoPath() async throws {
        let folder = try TestFolder()
        let path = try folder.program("program")
        let peer = try Peer(in: folder)
        try peer.execute(path)
        // The old file still has a name, so that it does not count as removed.
        try #require(link(path, path + ".old") == 0)
        try #require(rename(try folder.program("new"), path) == 0)
        #expect(isUnknown(try await workload(peer).executable))
    }

    @Test func aPathThatIsBoundToAnotherFileInItsOwnNamespaceIsNotBelievedNeedsRoot() async throws {
        try #require(geteuid() == 0)
        let folder = try TestFolder()
        let granted = try folder.program("granted")
        let other = try folder.program("other")
        let mount = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\""
        let peer = try Peer(
            before: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", mount, "sh", other, granted],
            in: folder
        )
        try peer.execute(granted)
        let workload = try await workload(peer)
        #expect(
            workload.executable
                == .unknown("the file at this path is another one for the daemon: \(granted.debugDescription)")
        )
    }

    @Test func aPathInAnotherMountNamespaceCountsWhenItIsTheSameFileNeedsRoot() async throws {
        try #require(geteuid() == 0)
        let folder = try TestFolder()
        let peer = try Peer(before: ["/usr/bin/unshare", "-m"], in: folder)
        #expect(try await workload(peer).executable == .known("/usr/bin/perl"))
    }

    @Test func anExecutableOf4GiBIsNotRead() async throws {
        let folder = try TestFolder()
        let path = try folder.program("large")
        try #require(truncate(path, 4 << 30) == 0)
        let peer = try Peer(in: folder)
        try peer.execute(path)
        let observations = Observations()
        let attested = try PeerAttestor(observer: observations.observer).peer(ofSocket: peer.connection)
        let workload = try await attested.workload([.executable, .sha256])
        #expect(workload.executable == .known(path))
        #expect(workload.sha256 == .unknown("the executable is larger than 1073741824 bytes"))
        #expect(!observations.names.contains("content"))
    }

    @Test(arguments: [(0, true), (-1, false)])
    func theLargestSizeIsStillRead(difference: Int64, isRead: Bool) async throws {
        let folder = try TestFolder()
        let path = try folder.program("program")
        let peer = try Peer(in: folder)
        try peer.execute(path)
        let size = try #require(try Data(contentsOf: URL(filePath: path)).count as Int?)
        var limits = AttestationLimits()
        limits.digestedSize = UInt64(Int64(size) + difference)
        #expect((try await workload(peer, limits: limits).sha256.value != nil) == isRead)
    }

    @Test func aChangeInPlaceChangesTheDigest() async throws {
        let folder = try TestFolder()
        let path = try folder.program("program")
        let attestor = PeerAttestor()
        let first = try Peer(in: folder)
        try first.execute(path)
        let before = try await attestor.peer(ofSocket: first.connection).workload(.sha256).sha256
        #expect(before == .known(try digest(path)))
        first.process.end()
        // The last byte of an ELF file is in no segment that is loaded.
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        let end = try file.seekToEnd()
        try file.seek(toOffset: end - 1)
        try file.write(contentsOf: [0x5A])
        try file.close()
        let second = try Peer(in: folder)
        try second.execute(path)
        let after = try await attestor.peer(ofSocket: second.connection).workload(.sha256).sha256
        #expect(after == .known(try digest(path)))
        #expect(after != before)
    }

    @Test func aDigestIsComputedOnceForAllWhoAskAtTheSameTimeAndKeptNeedsRoot() async throws {
        let folder = try TestFolder()
        let peers = try (0..<8).map { _ in try Peer(in: folder) }
        let observations = Observations()
        let attestor = PeerAttestor(observer: observations.observer)
        let attested = try peers.map { try attestor.peer(ofSocket: $0.connection) }
        let expected = try digest("/usr/bin/perl")
        try await withThrowingTaskGroup(of: Workload.self) { group in
            for peer in attested { group.addTask { try await peer.workload(.sha256) } }
            for try await workload in group { #expect(workload.sha256 == .known(expected)) }
        }
        #expect(observations.all.count { $0 == .content } == 1)
        let later = try Peer(in: folder)
        #expect(try await attestor.peer(ofSocket: later.connection).workload(.sha256).sha256 == .known(expected))
        #expect(observations.all.count { $0 == .content } == 1)
    }

    // A mapping of a file in memory changes its content and none of its times.
    @Test func theDigestOfAFileThatAUserMayWriteIsNotKeptNeedsRoot() async throws {
        let folder = try TestFolder()
        let path = try folder.program("program")
        try #require(chown(path, 12_345, 12_345) == 0)
        let observations = Observations()
        // In a distant future the file has not changed for long.
        let attestor = PeerAttestor(wallClock: { .max / 2 }, observer: observations.observer)
        for count in 1...2 {
            let peer = try Peer(in: folder)
            try peer.execute(path)
            _ = try await attestor.peer(ofSocket: peer.connection).workload(.sha256)
            #expect(observations.all.count { $0 == .content } == count)
        }
    }

    @Test func theDigestOfAFileThatJustChangedIsNotKept() async throws {
        let folder = try TestFolder()
        let path = try folder.program("program")
        let observations = Observations()
        // However long this test takes.
        let now = clinux_clock_ns(CLOCK_REALTIME)
        let attestor = PeerAttestor(wallClock: { now }, observer: observations.observer)
        for count in 1...2 {
            let peer = try Peer(in: folder)
            try peer.execute(path)
            _ = try await attestor.peer(ofSocket: peer.connection).workload(.sha256)
            #expect(observations.all.count { $0 == .content } == count)
        }
    }

    private func isUnknown(_ fact: Fact<String>) -> Bool {
        if case .unknown = fact { true } else { false }
    }
}
