import Foundation
import Testing

@Suite struct MetadataDirectTests {
    /// Runs a command line of the shell beside a simulator of its own.
    ///
    /// `iam-broker` is found there.
    private func besideSimulator(_ line: String) async throws -> CommandRun {
        let command = CommandRun.executable
        let simulator = command.deletingLastPathComponent().appending(path: "ibm-cloud-simulator")
        let script = "export IAM_BROKER_METADATA_URL=$IBM_CLOUD_METADATA_URL; \(line)"
        return try await CommandRun(
            program: simulator,
            ["run", "--", "/bin/bash", "-euo", "pipefail", "-c", script],
            environment: ["PATH": command.deletingLastPathComponent().path() + ":/usr/bin:/bin"]
        )
    }

    @Test(arguments: [
        ("instance --query /id", "0717_2c9f7d1e-4b3a-4c5d-8e6f-7a8b9c0d1e2f\n"),
        ("user-data", "#cloud-config\npackages:\n  - jq\n"),
        ("keys --query /keys/0/name", "ops-key\n"),
        ("placement-groups --query /placement_groups/0/name", "broker-pg\n"),
        ("initialization --query /default_trusted_profile/auto_link", "true\n"),
        ("volume-attachments --query /volume_attachments/1/name", "data\n"),
        ("software-attachments", "no software attachments\n"),
        ("cluster-network-attachments", "no cluster network attachments\n"),
    ])
    func theServiceItselfIsRead(arguments: String, output: String) async throws {
        let run = try await besideSimulator("iam-broker metadata \(arguments) --direct")
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.output == output)
    }

    @Test func anIDOfAListIsOneOfIt() async throws {
        let run = try await besideSimulator(
            """
            for list in keys placement-groups network-interfaces network-attachments virtual-network-interfaces \
            volume-attachments; do
                id=$(iam-broker metadata $list --direct --query "/$(tr - _ <<< $list)/0/id")
                iam-broker metadata $list "$id" --direct --query /id | grep -qxF -- "$id"
                echo "$list"
            done
            iam-broker metadata keys nothing --direct || echo "exit $?"
            """
        )
        #expect(run.output.split(separator: "\n").count == 7, "\(run.errors)")
        #expect(run.output.hasSuffix("exit 1\n"))
        #expect(run.errors.contains("no such key with the ID nothing"))
    }

    @Test func theOlderPathsAreTriedWhenTheNewerAreNotKnown() async throws {
        let answers: ScriptedServer.Answers = { request in
            if request.path == "/instance_identity/v1/token" { return MetadataAnswers.identityToken }
            return request.path == "/metadata/v1/instance"
                ? .answer("200 OK", #"{"id":"a"}"#) : MetadataAnswers.error("404 Not Found", "not_found")
        }
        try await ScriptedServer.onPort(answers) { server in
            let url = "http://127.0.0.1:\(server.port)"
            let run = try await CommandRun("metadata", "instance", "--direct", "--url", url)
            #expect(run.output == "id  a\n", "\(run.errors)")
            #expect(
                server.requests.map(\.target) == [
                    "/identity/v1/token?version=2025-08-26", "/instance_identity/v1/token?version=2022-03-01",
                    "/metadata/v1/instance?version=2022-03-01",
                ]
            )
        }
    }

    @Test func aServerMustHaveATrustedCertificate() async throws {
        try await withScratchFolder { folder in
            let make = """
                openssl req -x509 -subj /CN=service -days 2 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
                    -addext subjectAltName=IP:127.0.0.1 -out cert.pem -keyout key.pem 2> openssl.log
                """
            let commands = CommandRun.executable.deletingLastPathComponent().path()
            let read = """
                iam-broker metadata instance --query /id --direct --url "$IBM_CLOUD_METADATA_URL"
                """
            let serve = "ibm-cloud-simulator run --tls-certificate cert.pem --tls-key key.pem -- /bin/bash -c"
            let run = try await CommandRun(
                program: URL(filePath: "/bin/bash"),
                [
                    "-euo", "pipefail", "-c",
                    "cd \(folder.path()); \(make)\n\(serve) '\(read) --ca-file cert.pem; \(read) || echo \"exit $?\"'",
                ],
                environment: ["PATH": commands + ":/usr/bin:/bin"]
            )
            #expect(run.output == "0717_2c9f7d1e-4b3a-4c5d-8e6f-7a8b9c0d1e2f\nexit 69\n", "\(run.errors)")
            #expect(run.errors.contains("a certificate that is trusted"))
        }
    }

    @Test func silenceIsExplained() async throws {
        let silence: ScriptedServer.Answers = { _ in .silence }
        try await ScriptedServer.onPort(silence) { daemon in
            let run = try await CommandRun(
                ["metadata", "instance", "--direct", "--url", "http://127.0.0.1:\(daemon.port)", "--timeout", "0.3"],
                input: Data(),
                environment: ["http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"]
            )
            #expect(run.exitCode == 69)
            #expect(run.errors.contains("no answer in time"))
            #expect(run.errors.contains("hop limit"))
            #expect(run.errors.contains("ibmcloud is instance-update INSTANCE --metadata-service true"))
            #expect(run.errors.contains("iam-broker metadata enable --instance INSTANCE --region REGION"))
            #expect(daemon.requests.count == 1)
        }
    }

    @Test(arguments: [
        "http://192.0.2.1", "http://evil.example", "ftp://127.0.0.1", "https://u:p@x", "https://x/path", "https://x?q",
        "x",
        "http://127.0.0.1:0",
    ])
    func anIdentityTokenGoesNowhereInTheClear(url: String) async throws {
        let run = try await CommandRun("metadata", "instance", "--direct", "--url", url)
        #expect(run.exitCode == 64, "\(run.errors)")
    }
}
