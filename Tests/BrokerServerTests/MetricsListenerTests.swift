import BrokerAPI
import Testing

@testable import BrokerServer

/// `GET /metrics`, on the admin socket and on loopback.
@Suite(.timeLimit(.minutes(2)))
struct MetricsListenerTests {
    private func routes(_ world: World, hasMetrics: Bool = true) -> AdminRoutes {
        let metrics: @Sendable (StatusResponse) -> String = { "profiles \($0.profiles.count)\n" }
        return AdminRoutes(
            broker: world.broker,
            gate: world.gate,
            attestor: world.attestor,
            metrics: hasMetrics ? metrics : nil,
            logger: world.logger
        )
    }

    /// Runs `body` with the port of a listener on loopback.
    private func listening(
        _ connections: ListenerConnections = .init(),
        _ body: (World, Int) async throws -> Void
    ) async throws {
        let world = try World()
        let listener =
            try await SocketListener.metrics(
                ListenAddress(host: "127.0.0.1", port: 0),
                routes: routes(world),
                attestor: world.attestor,
                group: world.group,
                connections: connections,
                logger: world.logger
            )
            .start()
        do {
            try await body(world, try #require(listener.port))
        } catch {
            await listener.stop()
            throw error
        }
        await listener.stop()
    }

    private func ask(_ bytes: String, _ world: World, _ port: Int) async throws -> WireAnswer {
        let client = try await WireClient.connect(toPort: port, on: world.group)
        client.send(bytes)
        let answer = try await client.answer()
        await client.close()
        return answer
    }

    @Test func thePageIsForPrometheusAndNobodyKeepsIt() async throws {
        try await listening { world, port in
            // As Prometheus asks.
            let answer = try await ask(
                "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUser-Agent: Prometheus/2.42.0\r\n"
                    + "Accept: text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\nAccept-Encoding: gzip\r\n"
                    + "X-Prometheus-Scrape-Timeout-Seconds: 10\r\n\r\n",
                world,
                port
            )
            #expect(answer.status == 200)
            #expect(answer.body == "profiles 3\n")
            #expect(answer["Content-Type"] == ["text/plain; version=0.0.4; charset=utf-8"])
            #expect(answer["Cache-Control"] == ["no-store"])
        }
    }

    @Test(arguments: [
        ("127.0.0.1:PORT", 200), ("localhost:PORT", 200), ("[::1]:PORT", 200), ("evil.example:PORT", 403),
        ("evil.example", 403), ("127.0.0.1", 403), ("127.0.0.1:1", 403), ("169.254.169.254", 403), ("", 403),
    ])
    func onlyTheListenersOwnNamesAreServed(host: String, status: Int) async throws {
        try await listening { world, port in
            let name = host.replacing("PORT", with: "\(port)")
            let answer = try await ask("GET /metrics HTTP/1.1\r\nHost: \(name)\r\n\r\n", world, port)
            #expect(answer.status == status)
            #expect(answer.body.contains("profiles") == (status == 200))
        }
    }

    @Test(arguments: ["Origin: http://evil.example", "Sec-Fetch-Site: none", "X-Forwarded-For: 10.0.0.1", "Via: 1.1 p"])
    func browsersAndProxiesAreRefused(field: String) async throws {
        try await listening { world, port in
            let answer = try await ask(
                "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(field)\r\n\r\n",
                world,
                port
            )
            #expect(answer.status == 403)
            #expect(!answer.body.contains("profiles"))
        }
    }

    @Test(arguments: [
        ("POST", "/metrics", 405), ("PUT", "/metrics", 405), ("DELETE", "/metrics", 405), ("GET", "/", 404),
        ("GET", "/v1/status", 404), ("POST", "/v1/lock", 404), ("GET", "/v1/token?profile=reports", 404),
        ("GET", "/identity/keys", 404), ("GET", "/metrics/", 404), ("GET", "/metrics?name=x", 200),
    ])
    func nothingElseIsServedThere(method: String, target: String, status: Int) async throws {
        try await listening { world, port in
            let client = try await WireClient.connect(toPort: port, on: world.group)
            client.send("\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == status)
            if status == 405 { #expect(answer["Allow"] == ["GET"]) }
            await client.close()
        }
    }

    @Test func whoSendsALargeBodyIsTurnedAway() async throws {
        try await listening { world, port in
            let body = String(repeating: "x", count: 1_025)
            let answer = try await ask(
                "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
                world,
                port
            )
            #expect(answer.status == 413)
        }
    }

    @Test func connectionsOfEachListenerAreCounted() async throws {
        let connections = ListenerConnections()
        try await listening(connections) { world, port in
            #expect(connections.figures == [.init(listener: .metrics, open: 0, limit: 16)])
            let clients = [
                try await WireClient.connect(toPort: port, on: world.group),
                try await WireClient.connect(toPort: port, on: world.group),
            ]
            for client in clients {
                client.send("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
                _ = try await client.answer()
            }
            #expect(connections.figures == [.init(listener: .metrics, open: 2, limit: 16)])
            for client in clients { await client.close() }
        }
        #expect(connections.figures == [.init(listener: .metrics, open: 0, limit: 16)])
    }

    @Test(arguments: [(true, "GET", 200), (true, "POST", 405), (false, "GET", 404)])
    func theAdminSocketServesThemToo(hasMetrics: Bool, method: String, status: Int) async throws {
        let world = try World()
        let listener =
            try await SocketListener.admin(
                SocketFile(path: world.adminPath, mode: 0o660),
                routes: routes(world, hasMetrics: hasMetrics),
                attestor: world.attestor,
                group: world.group,
                logger: world.logger
            )
            .start()
        let client = try await WireClient.connect(to: world.adminPath, on: world.group)
        client.send(request(method, "/metrics"))
        let answer = try await client.answer()
        #expect(answer.status == status)
        #expect((answer.body == "profiles 3\n") == (status == 200))
        await client.close()
        await listener.stop()
    }
}
