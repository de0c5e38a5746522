import Foundation
import Glibc
import JOSE
import Testing

/// Schemathesis makes requests up from `docs/openapi.yaml`, good ones and bad ones, and compares the answers with it.
@Suite(.timeLimit(.minutes(3)))
struct SchemaTests {
    private static let description = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/openapi.yaml").path()
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Clients/schema_check.py").path()

    private func check(
        _ socket: String,
        tag: String,
        examples: Int = 50,
        _ options: [String] = []
    ) async throws {
        let path = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
            "IAM_BROKER_TEST_PYTHON names the Python with schemathesis: run the tests with make test"
        )
        let run = try await Program.run(
            URL(filePath: path),
            [Self.script, Self.description, socket, tag] + options + [
                "--phases", "examples,coverage,fuzzing", "--max-examples", "\(examples)", "--seed", "1", "--no-color",
                // A diagnosis asks IBM, and tests beside this one take the processors.
                "--request-timeout", "60",
                "--suppress-health-check", "all", "--generation-database", "none",
            ]
        )
        #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("generated"), "\(run.output)")
    }

    @Test func theWorkloadAPIIsAsDescribed() async throws {
        // A profile that is not linked is not an error of the broker, but a 503 all the same.
        var setup = Setup()
        setup.policy =
            "{ version: 1, grants: [{ name: a, profiles: [reports], workloads: [{ uid: \(getuid()) }], rate: unlimited }] }"
        try await World.run(setup) { world in
            // Without a key set no token can be verified.
            try world.expectToken(try await world.ask())
            try await check(world.workload, tag: "workload")
        }
    }

    @Test func theAdminAPIIsAsDescribed() async throws {
        // Without plans there are no rotations.
        try await World.run { world in
            try await check(world.admin, tag: "admin", ["--exclude-path-regex", "^/v1/rotations"])
        }
    }

    @Test func rotationsAreAsDescribed() async throws {
        let plan = """
            target: { iam-api-key: { service_id: \(World.serviceID) } }
            publish: [ { file: { path: FOLDER/keys/reports } } ]
            overlap: 1h
            """
        try await World.rotating(["reports": plan]) { world in
            try await world.rotation("run", "--now", "reports")
            try await check(world.admin, tag: "admin", examples: 10, ["--include-path-regex", "^/v1/rotations"])
        }
    }

    @Test func theEmulationIsAsDescribed() async throws {
        var setup = Setup()
        setup.emulation = "127.0.0.1:0"
        try await World.run(setup) { world in
            try world.expectToken(try await world.ask())
            let session = try await Program.run(
                URL(filePath: "/usr/bin/python3"),
                ["-c", Self.session, world.workload]
            )
            // Of a profile that is not there IBM says that the request is bad, so what fits the description is refused, too.
            try await check(
                world.workload,
                tag: "ibm",
                ["--header", "Authorization: Bearer \(session.output)", "--exclude-checks", "positive_data_acceptance"]
            )
        }
    }

    /// Prints a session token, which means nothing once the daemon is gone.
    private static let session = """
        import http.client, json, socket, sys
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(sys.argv[1])
        connection.request("PUT", "/identity/v1/token?version=2025-08-26", b"{}", {"Metadata-Flavor": "ibm"})
        print(json.load(connection.getresponse())["access_token"], end="")
        """
}
