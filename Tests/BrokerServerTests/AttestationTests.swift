import AccessPolicy
import Glibc
import Testing
import WorkloadAttestation

struct AttestationTests {
    @Test func thisProcessIsWhoTheKernelSays() throws {
        let (own, other) = try connectedPair()
        defer { for descriptor in [own, other] { close(descriptor) } }
        var link = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &link, link.count)
        try #require(length > 0)
        let path = String(decoding: link[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let workload = try PeerAttestor(executables: [path]).attest(socket: own)
        #expect(workload.processID == getpid())
        #expect(workload.userID == geteuid())
        #expect(workload.groupID == getegid())
        var groups = [gid_t](repeating: 0, count: Int(getgroups(0, nil)))
        try #require(getgroups(CInt(groups.count), &groups) >= 0)
        #expect(workload.groups.map(Set.init) == Set(groups))
        #expect(workload.executable == path)
    }

    @Test func theExecutableIsLeftOutWhenNobodyAsksForIt() throws {
        let (own, other) = try connectedPair()
        defer { for descriptor in [own, other] { close(descriptor) } }
        #expect(try PeerAttestor(executables: []).attest(socket: own).executable == nil)
    }

    @Test func aPeerThatHasExitedHasNoExecutableAndIsStillTheUserThatConnected() throws {
        let folder = try World.temporaryFolder()
        defer { World.removeFolder(folder) }
        let listening = try boundSocket("\(folder)/s", SOCK_STREAM)
        defer { close(listening) }
        try #require(listen(listening, 1) == 0)
        // perl-base is essential on Debian; nothing in Swift can fork.
        let script = "socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un($ARGV[0])) or die"
        let peer = try exitedProcess("/usr/bin/perl", "-MSocket", "-e", script, "\(folder)/s")
        let connection = accept(listening, nil, nil)
        try #require(connection >= 0)
        defer { close(connection) }
        let workload = try PeerAttestor(executables: ["/usr/bin/perl"]).attest(socket: connection)
        #expect(workload.executable == nil)
        #expect(workload.processID == peer)
        #expect(workload.userID == geteuid())
    }

    @Test func whatIsNoSocketIsNotAttested() throws {
        let descriptor = open("/dev/null", O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let error = #expect(throws: AttestationError.self) {
            _ = try PeerAttestor(executables: ["/usr/bin/perl"]).attest(socket: descriptor)
        }
        #expect(error?.description == "the kernel does not tell who connected (error \(ENOTSOCK))")
    }

    private func connectedPair() throws -> (CInt, CInt) {
        var pair: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0 else {
            throw SystemCallError(name: "socketpair")
        }
        return (pair[0], pair[1])
    }

    /// Runs a program to its good end; its number is free afterwards.
    private func exitedProcess(_ path: String, _ arguments: String...) throws -> pid_t {
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        guard posix_spawn(&process, path, nil, nil, &words, environ) == 0 else {
            throw SystemCallError(name: "posix_spawn")
        }
        var status: CInt = -1
        guard waitpid(process, &status, 0) == process, status == 0 else { throw SystemCallError(name: "waitpid") }
        return process
    }
}
