import Glibc
import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct SocketFileTests {
    @Test func theSocketHasTheModeThatItWasGiven() async throws {
        let world = try World()
        let workload = try await world.startWorkload()
        let admin = try await world.startAdmin()
        #expect(mode(world.workloadPath) == 0o666)
        #expect(mode(world.adminPath) == 0o660)
        await workload.stop()
        await admin.stop()
    }

    @Test func aSocketFileThatNobodyListensOnIsReplaced() async throws {
        let world = try World()
        close(try boundSocket(world.workloadPath, SOCK_STREAM))
        try await world.serving {
            let answer = try await world.ask(get("/v1/profiles"))
            #expect(answer.status == 200)
        }
    }

    @Test func aSocketThatSomebodyListensOnIsLeftAlone() async throws {
        let world = try World()
        try await world.serving {
            await #expect(throws: ListenError.self) { _ = try await world.startWorkload() }
            let answer = try await world.ask(get("/v1/profiles"))
            #expect(answer.status == 200)
        }
    }

    @Test func aSocketOfAnotherKindThatIsInUseIsLeftAlone() async throws {
        let world = try World()
        let descriptor = try boundSocket(world.workloadPath, SOCK_DGRAM)
        defer { close(descriptor) }
        await #expect(throws: ListenError.self) { _ = try await world.startWorkload() }
        #expect(access(world.workloadPath, F_OK) == 0)
    }

    @Test func aListenerWhoseQueueIsFullIsInUseAndNotWaitedFor() async throws {
        let world = try World()
        let descriptor = try boundSocket(world.workloadPath, SOCK_STREAM)
        defer { close(descriptor) }
        try #require(listen(descriptor, 0) == 0)
        let waiting = try await world.client()
        await #expect(throws: ListenError.self) { _ = try await world.startWorkload() }
        await waiting.close()
    }

    @Test func aFileThatIsNoSocketIsAnErrorAndIsNotRemoved() async throws {
        let world = try World()
        let descriptor = Glibc.open(world.workloadPath, O_CREAT | O_WRONLY, 0o600)
        try #require(descriptor >= 0)
        close(descriptor)
        let error = await #expect(throws: ListenError.self) { _ = try await world.startWorkload() }
        #expect(error?.description == "cannot listen on \(world.workloadPath): there is a file that is not a socket")
        #expect(access(world.workloadPath, F_OK) == 0)
    }

    @Test func aLinkToASocketIsNotFollowed() async throws {
        let world = try World()
        close(try boundSocket(world.adminPath, SOCK_STREAM))
        try #require(symlink(world.adminPath, world.workloadPath) == 0)
        await #expect(throws: ListenError.self) { _ = try await world.startWorkload() }
        #expect(access(world.adminPath, F_OK) == 0)
    }

    @Test func aFolderThatDoesNotExistIsAnErrorThatNamesThePath() async throws {
        let world = try World()
        let socket = SocketFile(path: "\(world.folder)/none/w", mode: 0o666)
        let listener = world.adminListener(socket)
        let error = await #expect(throws: ListenError.self) { _ = try await listener.start() }
        #expect(error?.description.hasPrefix("cannot listen on \(world.folder)/none/w: ") == true)
    }

    private func mode(_ path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }
}
