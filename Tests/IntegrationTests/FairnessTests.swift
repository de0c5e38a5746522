import Foundation
import Testing

/// One user cannot keep others from their tokens.
///
/// The clients run under users of their own, so these tests need root.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct FairnessTests {
    /// Opens so many connections and keeps those that are not closed.
    private static let flood = """
        import socket, sys
        kept = []
        for number in range(10000):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(sys.argv[1])
            if number < 600: kept.append(connection)
            if number == 600: print("flooding", flush=True)
        print("flooded", flush=True)
        """

    /// Asks for a token so many times, on a new connection each, and prints how long the slowest of nine in ten took, in
    /// milliseconds.
    private static let polite = """
        import socket, sys, time
        times = []
        for _ in range(50):
            start = time.monotonic()
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(sys.argv[1])
            connection.sendall(b"GET /v1/token?profile=reports HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
            answer = connection.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200"): sys.exit(answer.split(b"\\r\\n")[0].decode())
            times.append((time.monotonic() - start) * 1000)
        print(sorted(times)[44])
        """

    @Test
    func tenThousandConnectionsOfOneUserDoNotHoldUpAnotherNeedsRoot() async throws {
        var setup = Setup()
        setup.limits = "{}"
        setup.policy = """
            version: 1
            grants:
              - { name: polite, profiles: [reports], workloads: [ { uid: 54322 }, { uid: 0 } ] }

            """
        try await World.run(setup) { world in
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: world.folder.path(""))
            #expect(try await world.ask().status == 200)
            async let flood = run(Self.flood, as: "54321", world)
            var slowest: [Double] = []
            for _ in 0..<4 {
                let polite = try await run(Self.polite, as: "54322", world)
                #expect(polite.exitCode == 0, "\(polite.errors)")
                slowest.append(try #require(Double(polite.output.trimming())))
            }
            let flooded = try await flood
            #expect(flooded.exitCode == 0, "\(flooded.errors)")
            #expect(flooded.output.hasSuffix("flooded\n"))
            // 100 ms is for an optimised daemon with a machine to itself; here all other tests run beside it.
            #expect(try #require(slowest.max()) < 2_000, "milliseconds: \(slowest)")
        }
    }

    private func run(_ script: String, as user: String, _ world: World) async throws -> ProgramRun {
        let identity = ["--reuid", user, "--regid", user, "--clear-groups"]
        return try await Program.run(
            URL(filePath: "/usr/bin/setpriv"),
            identity + ["/usr/bin/python3", "-c", script, world.workload]
        )
    }
}

extension String {
    fileprivate func trimming() -> String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
