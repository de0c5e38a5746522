import CloudSimulator
import Foundation
import Testing

/// IBM's paths, served by the daemon as it runs.
@Suite(.timeLimit(.minutes(2)))
struct EmulationTests {
    private struct Captured: Decodable {
        let client: String
        let method: String
        let target: String
        let headers: [[String]]
        let body: String
    }

    private static var setup: Setup {
        var setup = Setup()
        setup.emulation = "127.0.0.1:0"
        return setup
    }

    /// What unmodified SDKs were recorded to send, with the profiles of these tests in it.
    @Test func recordedRequestsOfIBMsSDKsAreAnswered() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Clients/sdk_requests_captured.json")
        let requests = try JSONDecoder().decode([Captured].self, from: Data(contentsOf: file))
        #expect(requests.count == 17)
        try await World.run(Self.setup) { world in
            let profile = try #require(world.cloud.instance.profiles.first { $0.name == "reports" })
            let crn = "crn:v1:bluemix:public:iam-identity::a/\(world.cloud.instance.account)::profile:\(profile.id)"
            let values = [
                ("crn:v1:bluemix:public:iam-identity::a/1::profile:Profile-0f4e", crn), ("Profile-0f4e", profile.id),
                ("my-prof", "reports"), ("dummy-api-key", "reports"), ("apikey=dummy", "apikey=reports"),
            ]
            var session = ""
            for request in requests {
                let body = values.reduce(request.body) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
                let fields = request.headers.filter { $0[0].lowercased() != "content-length" }
                    .map {
                        "\($0[0]): \($0[1].replacingOccurrences(of: "<token from the previous response>", with: session))"
                    }
                let lines =
                    ["\(request.method) \(request.target) HTTP/1.1"] + fields + ["Content-Length: \(body.utf8.count)"]
                let bytes = lines.joined(separator: "\r\n") + "\r\n\r\n" + body
                let reply = try await send(bytes, world)
                // A limited token, another identity's profile, and a refresh token that nobody gave out are not to be had.
                let isRefused = ["scope=", "Agrant-type%3Aassume", "grant_type=refresh_token"]
                    .contains(where: body.contains)
                #expect(
                    reply.status == (isRefused ? 400 : 200),
                    "\(request.client): \(request.method) \(request.target)"
                )
                if request.method == "PUT" { session = try #require(reply.token) }
            }
        }
    }

    @Test func aColdProfileWaitsForTheExchangeAndThenSaysWhenToAskAgain() async throws {
        try await World.run(Self.setup) { world in
            world.cloud.set(Fault(delivery: .hang), for: .iamToken)
            let session = try await session(world)
            let reply = try await send(post(session), world)
            #expect(reply.status == 503)
            #expect(reply.headers["retry-after"].flatMap(Int.init) ?? 0 >= 1)
            #expect(reply.body.contains(#""code":"service_error""#))
            world.cloud.clearFaults()
        }
    }

    @Test func aSessionOfOneUserIsRefusedFromAnotherNeedsRoot() async throws {
        var setup = Self.setup
        setup.policy = """
            version: 1
            grants:
              - { name: both, profiles: [reports], workloads: [ { uid: 54321 }, { uid: 54322 } ] }

            """
        try await World.run(setup) { world in
            let emulation = try world.emulation
            let script = """
                import json, sys, urllib.request, urllib.error
                base, session = sys.argv[1:]
                def ask(method, path, fields, body=None):
                    request = urllib.request.Request(base + path, body, fields, method=method)
                    try:
                        with urllib.request.urlopen(request) as answer: return answer.status, json.load(answer)
                    except urllib.error.HTTPError as error: return error.code, {}
                if not session:
                    session = ask("PUT", "/identity/v1/token?version=2025-08-26", {"Metadata-Flavor": "ibm"})[1]["access_token"]
                    print(session)
                body = b'{"trusted_profile":{"name":"reports"}}'
                print(ask("POST", "/identity/v1/iam_tokens?version=2025-08-26", {"Authorization": "Bearer " + session}, body)[0])
                """
            func run(_ user: String, _ session: String) async throws -> [Substring] {
                let identity = ["--reuid", user, "--regid", user, "--clear-groups"]
                let command = ["/usr/bin/python3", "-c", script, emulation, session]
                let run = try await Program.run(URL(filePath: "/usr/bin/setpriv"), identity + command)
                #expect(run.exitCode == 0, "\(run.errors)")
                return run.output.split(separator: "\n")
            }
            let own = try await run("54321", "")
            #expect(own.last == "200")
            let session = String(try #require(own.first))
            #expect(try await run("54321", session) == ["200"])
            #expect(try await run("54322", session) == ["401"])
        }
    }

    /// Options that only root may set would close every connection.
    @Test func aDaemonWithoutPrivilegesServesOverTCPNeedsRoot() async throws {
        var setup = Self.setup
        setup.user = "54320"
        try await World.run(setup) { world in
            let emulation = try world.emulation
            let script = """
                import sys, urllib.request
                fields = {"Metadata-Flavor": "ibm"}
                request = urllib.request.Request(sys.argv[1] + "/identity/v1/token?version=2025-08-26", None, fields, method="PUT")
                with urllib.request.urlopen(request) as answer: print(answer.status)
                """
            let run = try await Program.run(URL(filePath: "/usr/bin/python3"), ["-c", script, emulation])
            #expect(run.output == "200\n", "\(run.errors)")
        }
    }

    @Test func metadataIsPassedOnToThoseWhomAGrantNamesItFor() async throws {
        var setup = Self.setup
        setup.policy = """
            version: 1
            grants:
              - { name: metadata, workloads: [ { uid: \(getuid()) } ], metadata: [instance, placement_groups] }

            """
        try await World.run(setup) { world in
            let session = try await session(world)
            let instance = try await send(get("instance", session), world)
            #expect(instance.status == 200)
            #expect(instance.body.contains(#""name":"\#(world.cloud.instance.name)""#))
            let groups = try await send(get("placement_groups", session), world)
            #expect(groups.body.contains(#""total_count":1"#))
            let none = try await send(get("instance/volume_attachments/none", session), world)
            #expect(none.status == 404)
            let keys = try await send(get("keys", session), world)
            #expect(keys.status == 403)
        }
    }

    @Test func anAnswerOf20MBIsNotPassedOn() async throws {
        var setup = Self.setup
        setup.policy = """
            version: 1
            grants: [ { name: metadata, workloads: [ { uid: \(getuid()) } ], metadata: [instance] } ]

            """
        try await World.run(setup) { world in
            let session = try await session(world)
            let large = #"{"a":"\#(String(repeating: "a", count: 20 << 20))"}"#
            world.cloud.set(Fault(answer: FaultAnswer(status: 200, body: .text(large))), for: .metadata)
            let reply = try await send(get("instance", session), world)
            #expect(reply.status == 503)
            #expect(reply.body.utf8.count < 1_024)
            world.cloud.clearFaults()
            let next = try await send(get("instance", session), world)
            #expect(next.status == 200)
        }
    }

    private func get(_ path: String, _ session: String) -> String {
        "GET /metadata/v1/\(path)?version=2025-08-26 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(session)\r\n\r\n"
    }

    private func session(_ world: World) async throws -> String {
        let put =
            "PUT /identity/v1/token?version=2025-08-26 HTTP/1.1\r\nHost: localhost\r\nMetadata-Flavor: ibm\r\nContent-Length: 0\r\n\r\n"
        return try #require(try await send(put, world).token)
    }

    private func post(_ session: String) -> String {
        "POST /identity/v1/iam_tokens?version=2025-08-26 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
            + "Authorization: Bearer \(session)\r\n\r\n"
    }

    private func send(_ bytes: String, _ world: World) async throws -> Reply {
        try await blocking {
            let connection = try Connection(world.workload)
            try connection.send(bytes)
            return try #require(try connection.receive(), "the daemon closed without an answer")
        }
    }
}
