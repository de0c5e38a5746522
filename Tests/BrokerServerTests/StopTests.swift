import BrokerTesting
import Glibc
import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct StopTests {
    @Test func idleConnectionsAreClosedAndTheSocketFileIsGone() async throws {
        let world = try World()
        try await world.warm()
        let listener = try await world.startWorkload()
        let hot = try await world.client()
        hot.send(hotRequest)
        _ = try await hot.answer()
        let strict = try await world.client()
        strict.send(get("/v1/profiles"))
        _ = try await strict.answer()
        await listener.stop()
        #expect(try await hot.end().isEmpty)
        #expect(try await strict.end().isEmpty)
        #expect(access(world.workloadPath, F_OK) != 0)
        await #expect(throws: (any Error).self) { try await world.client() }
    }

    @Test(arguments: [hotRequest, strictRequest])
    func aClientThatGoesOnAskingIsAnsweredUntilItIsToldThatItIsOver(request: String) async throws {
        let world = try World()
        try await world.warm()
        let listener = try await world.startWorkload()
        let clients = try await [world.client(), world.client(), world.client()]
        for client in clients {
            client.send(request)
            _ = try await client.answer()
        }
        async let stopped: Void = listener.stop()
        for client in clients {
            var answer: WireAnswer
            repeat {
                client.send(request)
                answer = try await client.answer()
                #expect(answer.status == 200)
            } while answer["Connection"] != ["close"]
            #expect(try await client.end().isEmpty)
        }
        await stopped
    }

    @Test func connectionsThatWaitInAnInheritedSocketAreForTheNextListener() async throws {
        let world = try World()
        try await world.warm()
        let descriptor = try Self.listening(at: world.workloadPath)
        defer { close(descriptor) }
        for _ in 1...2 {
            let listener = try await world.startWorkload(inheriting: fcntl(descriptor, F_DUPFD_CLOEXEC, 3))
            #expect(try await world.ask(hotRequest).status == 200)
            await listener.stop()
            // The file stays, and so does its mode.
            var status = stat()
            try #require(stat(world.workloadPath, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o640)
        }
        let waiting = try await world.client()
        waiting.send(hotRequest)
        // As many as while an instance ran, and not NIO's 128: without a place in the queue a connection fails at once.
        let others = try (1...200).map { _ in try Self.connected(to: world.workloadPath) }
        for descriptor in others { close(descriptor) }
        let listener = try await world.startWorkload(inheriting: fcntl(descriptor, F_DUPFD_CLOEXEC, 3))
        #expect(try await waiting.answer().status == 200)
        await listener.stop()
    }

    @Test func aClientThatConnectsWhileOthersAreWaitedForIsServed() async throws {
        let world = try World()
        try await world.warm()
        let descriptor = try Self.listening(at: world.workloadPath)
        defer { close(descriptor) }
        let listener = try await world.startWorkload(inheriting: fcntl(descriptor, F_DUPFD_CLOEXEC, 3))
        // It asks once and then nothing, so a stop waits for it.
        let idle = try await world.client()
        idle.send(hotRequest)
        _ = try await idle.answer()
        async let stopped: Void = listener.stop()
        var answer: WireAnswer
        repeat {
            let client = try await world.client()
            client.send(hotRequest)
            answer = try await client.answer()
            #expect(answer.status == 200)
        } while answer["Connection"] != ["close"]
        #expect(try await idle.end().isEmpty)
        await stopped
    }

    private static func connected(to path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafeBytes(of: address) { bytes in
            connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        try #require(result == 0, "errno \(errno)")
        return descriptor
    }

    private static func listening(at path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isListening = withUnsafeBytes(of: address) { bytes in
            let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return bind(descriptor, name, socklen_t(bytes.count)) == 0 && listen(descriptor, 512) == 0
        }
        try #require(isListening && chmod(path, 0o640) == 0)
        return descriptor
    }

    @Test(arguments: [hotRequest, strictRequest])
    func aRequestThatIsBeingAnsweredIsFinished(request: String) async throws {
        let world = try World()
        world.exchanger.script.hold()
        let listener = try await world.startWorkload()
        let client = try await world.client()
        client.send(request)
        await world.exchanger.script.arrivals(1)
        let idle = try await world.client()
        idle.send(get("/v1/profiles"))
        _ = try await idle.answer()
        async let stopped: Void = listener.stop()
        // The idle connection ends when the stop has reached the connections.
        #expect(try await idle.end().isEmpty)
        world.exchanger.script.release()
        let answer = try await client.answer()
        #expect(try answer.body == world.tokenBody())
        #expect(answer["Connection"] == ["close"])
        #expect(try await client.end().isEmpty)
        await stopped
    }

    @Test(arguments: [
        ("GET /v1/profiles HT", "TP/1.1\r\nHost: broker\r\n\r\n"),
        ("POST /v1/verify HTTP/1.1\r\nHost: broker\r\nContent-Length: 3\r\n\r\na", ".b"),
    ])
    func aRequestOfWhichHalfIsThereIsAnswered(first: String, second: String) async throws {
        let world = try World()
        try await world.warm()
        let listener = try await world.startWorkload()
        let client = try await world.client()
        #expect(await client.sent(first))
        // The listener's one event loop reads in the order of arrival, so the half is read when the other is answered.
        let idle = try await world.client()
        idle.send(get("/v1/profiles"))
        _ = try await idle.answer()
        async let stopped: Void = listener.stop()
        #expect(try await idle.end().isEmpty)
        client.send(second)
        #expect(try await client.answer().status == 200)
        #expect(try await client.end().isEmpty)
        await stopped
    }
}
