import Foundation
import Testing

@Suite struct MetadataCommandTests {
    private func run(
        _ arguments: [String],
        _ answers: @escaping ScriptedServer.Answers = MetadataAnswers.instance
    ) async throws -> (CommandRun, ScriptedServer) {
        try await ScriptedServer.onSocket(answers) { socket, server in
            let run = try await CommandRun(["metadata"] + arguments + ["--socket", socket], input: Data())
            #expect(!run.errors.contains("eyJ") && !run.output.contains("eyJ"))
            return (run, server)
        }
    }

    @Test func aSessionTokenIsAskedForAndUsed() async throws {
        let (run, server) = try await run(["instance", "--query", "/vpc/name"])
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output == "broker-vpc\n")
        #expect(
            server.lines == [
                "PUT /identity/v1/token?version=2025-08-26 HTTP/1.1",
                "GET /metadata/v1/instance?version=2025-08-26 HTTP/1.1",
            ]
        )
        #expect(server.requests.first?.fields["metadata-flavor"] == "ibm")
        #expect(server.requests.first?.body == #"{"expires_in":300}"#)
        #expect(server.requests.last?.fields["authorization"] == "Bearer \(MetadataAnswers.token)")
    }

    @Test(arguments: [
        ("keys", "keys", "r006-3b2a1f0e-9d8c-4b7a-8f5e-4d3c2b1a0f9e  ops-key  rsa   4096"),
        ("placement-groups", "placement_groups", "broker-pg  host_spread  stable  platform"),
        ("network-interfaces", "instance/network_interfaces", "eth0  primary  10.240.0.6  -         broker-subnet"),
        ("network-attachments", "instance/network_attachments", "eth0  primary  10.240.0.6  broker-subnet  broker-vni"),
        ("virtual-network-interfaces", "virtual_network_interfaces", "broker-vni  10.240.0.6  02:00:0a:f0:00:06"),
        ("volume-attachments", "instance/volume_attachments", "data  data  broker-data"),
        ("cluster-network-attachments", "instance/cluster_network_attachments", "cna-0  cluster-if-0  10.1.0.6"),
        ("software-attachments", "instance/software_attachments", "licensed-os  EXAMPLE-SKU  stable"),
    ])
    func aListIsATableADocumentAndItsEntries(command: String, path: String, row: String) async throws {
        let (table, server) = try await run([command])
        #expect(table.exitCode == 0, "\(table.errors)")
        #expect(table.output.contains(row), "\(table.output)")
        #expect(server.lines.last == "GET /metadata/v1/\(path)?version=2025-08-26 HTTP/1.1")
        let (json, _) = try await run([command, "--json"])
        #expect(json.output.filter { $0 == "\n" }.count == 1)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let expected = try JSONSerialization.jsonObject(with: Data(Fixture.text("metadata_\(name).json").utf8))
        #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? NSObject == expected as? NSObject)
        let (id, _) = try await run([command, "--query", "/\(name)/0/id"])
        let entry = String(id.output.dropLast())
        let (one, asked) = try await run([command, entry])
        #expect(one.exitCode == 0, "\(one.errors)")
        #expect(one.output.contains(entry))
        #expect(asked.lines.last == "GET /metadata/v1/\(path)/\(entry)?version=2025-08-26 HTTP/1.1")
    }

    @Test(arguments: [
        (["instance", "--query", "/memory"], "8\n"),
        (["instance", "--query", "/zone"], "{     \"name\": \"us-south-1\"   }\n"),
        (["instance", "--query", "/zone/name", "--json"], "\"us-south-1\"\n"),
        (["keys", "--query", "/keys/0/name"], "ops-key\n"),
        (
            ["user-data"],
            "#cloud-config\npackages:\n  - jq\nruncmd:\n  - [ systemctl, enable, --now, iam-broker.service ]\n"
        ),
    ])
    func whatIsAskedForIsPrinted(arguments: [String], output: String) async throws {
        let (run, _) = try await run(arguments)
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output == output)
    }

    @Test(arguments: [
        (["instance", "--query", "/vpc/nothing/x"], Int32(1), "/vpc exists"),
        (["instance", "--query", "/nothing"], 1, "only the document itself exists"),
        (["keys", "r006-0"], 1, "no such key with the ID r006-0"), (["keys", "a/b"], 64, "a/b"),
        (["keys", ".."], 64, ".."), (["instance", "--query", "vpc"], 64, "vpc"),
        (["user-data", "--part", "2"], 1, "no such part: 2 (there are 1)"),
        (["user-data", "--part", "0"], 64, "1 or more"),
        (["keys", "--url", "https://x"], 64, "need --direct"),
    ])
    func whatThereIsNotEndsWithOneOrUsage(arguments: [String], exitCode: Int32, message: String) async throws {
        let (run, _) = try await run(arguments)
        #expect(run.exitCode == exitCode, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test(arguments: [
        (MetadataAnswers.error("403 Forbidden", "unauthorized"), Int32(77), "the policy must grant"),
        (
            MetadataAnswers.error("403 Forbidden", "unauthorized"), 77,
            "the unauthorized reason for <redacted> (trace 7c1b0a9f)"
        ),
        (MetadataAnswers.error("401 Unauthorized", "unauthenticated"), 69, "unauthenticated"),
        (MetadataAnswers.error("404 Not Found", "not_found"), 1, "no such instance"),
        (MetadataAnswers.error("503 Service Unavailable", "x", headers: "Retry-After: 7\r\n"), 69, "try again in 7 s"),
        (MetadataAnswers.error("500 Internal Server Error", "service_error"), 69, "service_error"),
        (MetadataAnswers.error("400 Bad Request", "invalid_request"), 70, "invalid_request"),
        (.answer("302 Found", "", headers: "Location: http://127.0.0.1:1/\r\n"), 69, "redirects are not followed"),
        (.answer("403 Forbidden", "<html>"), 77, "status 403 and no explanation"),
        (.answer("200 OK", "[1]"), 69, "cannot be used"), (.answer("200 OK", "garbage"), 69, "cannot be used"),
        (.answer("200 OK", String(repeating: " ", count: 4_194_305)), 69, "larger than 4096 KiB"),
        (.close, 69, "closed before"),
    ])
    func aRefusalEndsWithItsOwnExitCode(script: FakeDaemon.Script, exitCode: Int32, message: String) async throws {
        let (run, _) = try await run(["instance"], MetadataAnswers.then(script))
        #expect(run.exitCode == exitCode)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test(arguments: [
        (FakeDaemon.Script.answer("404 Not Found", "{}"), Int32(69), "does not serve metadata"),
        (MetadataAnswers.error("403 Forbidden", "unauthorized"), 77, "unauthorized"),
        (.answer("200 OK", #"{"access_token":"a b"}"#), 69, "without an identity token"),
        (.answer("200 OK", "{}"), 69, "without an identity token"),
    ])
    func withoutASessionThereIsNoSecondRequest(script: FakeDaemon.Script, exitCode: Int32, message: String) async throws
    {
        let (run, server) = try await run(["instance"]) { _ in script }
        #expect(run.exitCode == exitCode)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(server.requests.count == 1)
    }

    @Test func userDataOfPartsIsSplit() async throws {
        let mime =
            "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/cloud-config\n"
            + "Content-Disposition: attachment; filename=\"\u{1B}[2J.yaml\"\n\n#cloud-config\n\n--B\n\n#!/bin/sh\n--B--\n"
        let text = try String(decoding: JSONEncoder().encode(["user_data": mime]), as: UTF8.self)
        let answers = MetadataAnswers.then(.answer("200 OK", text))
        let (list, _) = try await run(["user-data", "--parts"], answers)
        #expect(
            list.output == """
                PART  CONTENT TYPE       FILENAME        BYTES
                1     text/cloud-config  \\u{1b}[2J.yaml  14
                2     text/plain         -               9

                """
        )
        let (json, _) = try await run(["user-data", "--parts", "--json"], answers)
        #expect(json.output.hasPrefix(#"[{"part":1,"content_type":"text/cloud-config","filename":"\u001b[2J.yaml""#))
        #expect(try await run(["user-data", "--part", "1"], answers).0.output == "#cloud-config\n")
        #expect(try await run(["user-data", "--part", "2"], answers).0.output == "#!/bin/sh")
        #expect(try await run(["user-data"], answers).0.output == mime)
    }

    @Test func userDataThatIsNotThereIsSaidNotToBe() async throws {
        let (run, _) = try await run(["user-data"], MetadataAnswers.then(.answer("200 OK", #"{"keys":[]}"#)))
        #expect(run.exitCode == 1)
        #expect(run.errors.contains("there is no user data"))
        #expect(run.errors.contains("the broker leaves it out"))
    }

    @Test(arguments: [([], "name a command"), (["nonsense"], "nonsense")])
    func aCommandMustBeNamed(arguments: [String], message: String) async throws {
        let run = try await CommandRun(["metadata"] + arguments, input: Data())
        #expect(run.exitCode == 64)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test func withoutADaemonThereIsAHint() async throws {
        let run = try await CommandRun("metadata", "instance", "--socket", "/nonexistent/socket")
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("systemctl status iam-brokerd"))
    }
}
