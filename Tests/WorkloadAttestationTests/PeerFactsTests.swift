import AccessPolicy
import CLinux
import Glibc
import Testing
import WorkloadAttestation

/// What the socket alone tells.
struct PeerFactsTests {
    @Test(arguments: [
        (user: UInt32(1_234), group: UInt32(5), groups: [UInt32(7), 8]),
        // No such user is in any database.
        (user: 3_999_999_999, group: 3_999_999_998, groups: []),
        (user: 0, group: 0, groups: [0]),
    ])
    func userAndGroupsAreThoseOfTheConnectingProcessNeedsRoot(
        user: UInt32,
        group: UInt32,
        groups: [UInt32]
    ) async throws {
        try #require(geteuid() == 0)
        let folder = try TestFolder()
        let list = groups.isEmpty ? ["--clear-groups"] : ["--groups", groups.map { "\($0)" }.joined(separator: ",")]
        let peer = try Peer(
            before: ["/usr/bin/setpriv", "--reuid", "\(user)", "--regid", "\(group)"] + list,
            in: folder
        )
        let attested = try PeerAttestor().peer(ofSocket: peer.connection)
        #expect(attested.userID == user)
        #expect(attested.processID == peer.process.processID)
        let workload = try #require(attested.workloadAtOnce([.groups]))
        #expect(workload.groupID == .known(group))
        #expect(workload.groups.value.map(Set.init) == Set(groups))
        #expect(workload.userID == user)
        #expect(try await attested.workload(.executable).executable == .known("/usr/bin/perl"))
        // The same by its number.
        let named = try PeerAttestor().process(peer.process.processID)
        #expect(named.userID == user)
        let other = try #require(named.workloadAtOnce([.groups]))
        #expect(other.groupID == .known(group))
        #expect(other.groups.value.map(Set.init) == Set(groups))
    }

    @Test func thisProcessIsWhoTheKernelSays() async throws {
        var pair: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0)
        defer { for descriptor in pair { close(descriptor) } }
        let workload = try await PeerAttestor().peer(ofSocket: pair[0]).workload(.all)
        #expect(workload.processID == getpid())
        #expect(workload.userID == geteuid())
        #expect(workload.groupID == .known(getegid()))
        var groups = [gid_t](repeating: 0, count: Int(getgroups(0, nil)))
        try #require(getgroups(CInt(groups.count), &groups) >= 0)
        #expect(workload.groups.value.map(Set.init) == Set(groups))
        var link = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &link, link.count)
        try #require(length > 0)
        #expect(
            workload.executable
                == .known(String(decoding: link[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self))
        )
    }

    @Test func whatIsNoSocketIsNotAttested() throws {
        let descriptor = open("/dev/null", O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let error = #expect(throws: AttestationError.self) { _ = try PeerAttestor().peer(ofSocket: descriptor) }
        #expect(error?.code == .unidentified)
    }

    @Test func aNumberThatNoProcessHasIsRefused() throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        peer.process.end()
        let error = #expect(throws: AttestationError.self) { _ = try PeerAttestor().process(peer.process.processID) }
        #expect(error?.code == .exited)
        #expect(throws: AttestationError.self) { _ = try PeerAttestor().process(0) }
        #expect(throws: AttestationError.self) { _ = try PeerAttestor().process(-1) }
    }

    @Test func theLabelIsTheOneThatTheSecurityModuleGives() throws {
        var pair: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0)
        defer { for descriptor in pair { close(descriptor) } }
        let label = try #require(try PeerAttestor().peer(ofSocket: pair[0]).workloadAtOnce([.label])).label
        var bytes = [CChar](repeating: 0, count: 4_096)
        let length = clinux_peer_label(pair[0], &bytes, CInt(bytes.count))
        if length == -ENOPROTOOPT {
            #expect(label == .unknown("this kernel has no security module with peer labels"))
        } else {
            try #require(length > 0)
            #expect(label.value.map { Array($0.utf8) } == bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
        }
    }

    @Test func theLoginUserIsTheOneOfTheProcessNeedsRoot() async throws {
        try #require(geteuid() == 0)
        let folder = try TestFolder()
        let login = ["/bin/sh", "-c", "echo 4321 > /proc/self/loginuid; exec \"$@\"", "sh"]
        let peer = try Peer(before: login, in: folder)
        #expect(
            try await PeerAttestor().peer(ofSocket: peer.connection).workload(.loginUser).loginUserID == .known(4_321)
        )
    }

    @Test func onlyWhatIsAskedForIsGathered() async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let observations = Observations()
        let attestor = PeerAttestor(observer: observations.observer)
        let attested = try attestor.peer(ofSocket: peer.connection)
        #expect(attested.workloadAtOnce([.groups, .label]) != nil)
        #expect(attested.workloadAtOnce(.executable) == nil)
        #expect(observations.all == [])
        let first = try await attested.workload([.loginUser])
        #expect(observations.names == ["stat", "loginuid"])
        #expect(first.executable == .notGathered)
        let second = try await attested.workload([.executable, .groups])
        #expect(observations.names == ["stat", "loginuid", "exe", "/usr/bin/perl"])
        #expect(second.executable == .known("/usr/bin/perl"))
        #expect(second.loginUserID == first.loginUserID)
        #expect(second.sha256 == .notGathered)
        // What is known is not read again.
        let before = observations.all.count
        #expect(try await attested.workload([.executable, .loginUser]) == second)
        #expect(attested.workloadAtOnce([.executable, .loginUser]) == second)
        #expect(observations.all.count == before)
    }

    @Test func requestsAtTheSameTimeGatherOnce() async throws {
        let folder = try TestFolder()
        let peer = try Peer(in: folder)
        let observations = Observations()
        let attested = try PeerAttestor(observer: observations.observer).peer(ofSocket: peer.connection)
        try await withThrowingTaskGroup(of: Workload.self) { group in
            for _ in 0..<20 { group.addTask { try await attested.workload(.executable) } }
            for try await workload in group { #expect(workload.executable == .known("/usr/bin/perl")) }
        }
        #expect(observations.all.count { $0 == .path("/usr/bin/perl") } == 1)
    }
}
