import CloudSimulator
import Foundation
import Testing

/// Clients that are slow, greedy or rude harm nobody but themselves.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ClientFaultTests {
    private static let impatient = Setup(limits: "{ request: 1s, connections: 512, connections_per_user: 512 }")

    @Test
    func whoSendsAByteAtATimeIsTurnedAway() async throws {
        try await World.run(Self.impatient) { world in
            let reply = try await blocking {
                let connection = try Connection(world.workload)
                // More than the daemon may wait for, and always the same byte: the request never gets complete.
                for byte in ["G", "E", "T", " ", "/"] + Array(repeating: "a", count: 100) {
                    try connection.send(byte)
                    if connection.isReadable(within: 100) { break }
                }
                return try connection.receive()
            }
            #expect(reply?.status == 408)
            try world.expectToken(try await world.ask())
        }
    }

    @Test
    func aMebibyteOfHeadersIsTurnedAway() async throws {
        try await World.run { world in
            let answer = try await blocking {
                let connection = try Connection(world.workload)
                do {
                    try connection.send("GET /v1/token?profile=reports HTTP/1.1\r\nHost: localhost\r\n")
                    for number in 1...1_024 {
                        try connection.send("x-\(number): \(String(repeating: "a", count: 1_014))\r\n")
                    }
                    try connection.send("\r\n")
                } catch is Connection.Broken {
                    // Cut off before the end: good.
                }
                return String(decoding: try connection.drain(), as: UTF8.self)
            }
            // A reset may overtake the answer.
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
            #expect(world.cloud.requestCount(of: .iamToken) == 0)
            try world.expectToken(try await world.ask())
        }
    }

    @Test
    func whoLeavesInTheMiddleOfARequestHarmsNobody() async throws {
        try await World.run { world in
            try await blocking {
                for part in [
                    "G", "GET /v1/token?profile=reports HTTP/1.1\r\nHo",
                    "POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
                ] {
                    for _ in 1...20 { try Connection(world.workload).send(part) }
                }
            }
            try world.expectToken(try await world.ask())
        }
    }

    @Test
    func whoLeavesWithoutWaitingForTheTokenLeavesItToTheOthers() async throws {
        try await World.run { world in
            world.cloud.set(Fault(delay: .milliseconds(500)), for: .iamToken)
            let leaver = try await blocking {
                let connection = try Connection(world.workload)
                try connection.request("GET", "/v1/token?profile=reports")
                return connection
            }
            try await world.cloud.waitForRequests(to: .iamToken, reaching: 1)
            async let reply = world.ask()
            _ = consume leaver
            try world.expectToken(try await reply)
            #expect(world.cloud.requestCount(of: .iamToken) == 1)
        }
    }

    @Test
    func noiseIsAnsweredWithAnErrorOrTheEnd() async throws {
        try await World.run { world in
            for noise in ["\u{16}\u{3}\u{1}\u{0}\r\n\r\n", "GET\r\n\r\n", "GET http://a/ HTTP/9.9\r\n\r\n"] {
                let answer = try await blocking {
                    let connection = try Connection(world.workload)
                    try connection.send(noise)
                    return String(decoding: try connection.drain(), as: UTF8.self)
                }
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
            }
            try world.expectToken(try await world.ask())
        }
    }

    @Test
    func aFullTableOfDescriptorsIsSurvived() async throws {
        try await World.run(Self.impatient) { world in
            try world.expectToken(try await world.ask())
            // Taken away while it runs: at start the daemon would allow fewer connections instead.
            let limiting = try await Program.run(
                URL(filePath: "/usr/bin/prlimit"),
                ["--pid", "\(world.daemon.processID)", "--nofile=64:64"]
            )
            try #require(limiting.exitCode == 0, "prlimit: \(limiting.errors)")
            let (first, slow, others) = try await blocking {
                let first = try Connection(world.workload)
                try first.request("GET", "/v1/profiles")
                let answer = try first.receive()
                try #require(answer?.status == 200)
                let slow = try Connection(world.workload)
                try slow.send("GET ")
                return (first, slow, try (1...100).map { _ in try Connection(world.workload) })
            }
            try await world.daemon.log.wait(for: "No more connections can be accepted")
            let before = try world.daemon.processorTime()
            // The daemon's word that the time for a request is over is the clock of this test.
            let reply = try await blocking { try slow.receive() }
            #expect(reply?.status == 408)
            #expect(try world.daemon.processorTime() - before < 0.7, "the daemon spins")
            let served = try await blocking {
                try first.request("GET", "/v1/token?profile=reports")
                return try first.receive()
            }
            try world.expectToken(try #require(served))
            withExtendedLifetime(others) {}
            _ = (consume first, consume slow, consume others)
            try world.expectToken(try await world.ask())
        }
    }
}
