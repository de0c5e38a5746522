import Foundation
import Testing

/// One user cannot keep others from their tokens.
///
/// The clients run under users of their own, so these tests need root.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct FairnessTests {
    /// Opens 10,000 connections or more, until nobody listens to it any more, and keeps those that are not closed.
    private static let flood = """
        import select, socket, sys
        kept, number = [], 0
        while number < 10000 or not select.select([sys.stdin], [], [], 0)[0]:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(sys.argv[1])
            if number < 600: kept.append(connection)
            if number == 600: print("flooding", flush=True)
            number += 1
        """

    /// While the flood goes on, asks for a token 25 times, on a new connection each, and prints the median and the longest
    /// time in milliseconds.
    private static let polite = """
        import socket, subprocess, sys, time
        flood = subprocess.Popen(["/usr/bin/python3", "-c", sys.argv[2], sys.argv[1]], user=54321, group=54321,
                                 extra_groups=[], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if flood.stdout.readline() != b"flooding\\n": sys.exit("no flood")
        times = []
        for _ in range(25):
            start = time.monotonic()
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(sys.argv[1])
            connection.sendall(b"GET /v1/token?profile=reports HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
            answer = connection.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200"): sys.exit(answer.split(b"\\r\\n")[0].decode())
            times.append((time.monotonic() - start) * 1000)
        if flood.poll() is not None: sys.exit("the flood ended too soon")
        flood.stdin.close()
        if flood.wait() != 0: sys.exit("the flood failed")
        print(sorted(times)[12], max(times))
        """

    @Test
    func tenThousandConnectionsOfOneUserDoNotHoldUpAnotherNeedsRoot() async throws {
        var setup = Setup()
        setup.limits = "{}"
        setup.policy = """
            version: 1
            grants:
              - { name: polite, profiles: [reports], workloads: [ { uid: 0 } ] }

            """
        try await World.run(setup) { world in
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: world.folder.path(""))
            #expect(try await world.ask().status == 200)
            let run = try await Program.run(
                URL(filePath: "/usr/bin/python3"),
                ["-c", Self.polite, world.workload, Self.flood]
            )
            #expect(run.exitCode == 0, "\(run.errors)")
            let times = run.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            #expect(times.count == 2)
            // 100 ms is for an optimised daemon with a machine to itself; here all other tests run beside it, and one of 25 may
            // wait for a processor. Who had to wait for the flood would wait for it every time.
            let (median, longest) = (try #require(times.first), try #require(times.last))
            #expect(median < 3_000 && longest < 10_000, "milliseconds: \(times)")
        }
    }
}
