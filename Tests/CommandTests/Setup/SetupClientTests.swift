import Foundation
import Testing

/// What aws, rclone and IBM's SDK for Python themselves make of their setup.
@Suite(.timeLimit(.minutes(5))) struct SetupClientTests {
    @Test func awsHasThePairFromTheProfile() async throws {
        try await ToolHome.with(".aws/config") { home in
            try home.write("[profile archive]\nregion = eu-de\n# the end\n")
            let run = try await home.setup(SetupCase.aws.arguments)
            #expect(run.exitCode == 0 && run.output.contains("aws takes it for --profile archive"), "\(run.errors)")
            let lines =
                "# iam-broker setup aws: https://s3.eu-de.cloud-object-storage.appdomain.cloud\n"
                + "endpoint_url = https://s3.eu-de.cloud-object-storage.appdomain.cloud\n"
                + "credential_process = iam-broker credential aws --pair archive\n"
            #expect(home.text() == "[profile archive]\nregion = eu-de\n\(lines)# the end\n")
            #expect(try await home.setup(["aws", "--undo"]).exitCode == 0)
            #expect(home.text() == "[profile archive]\nregion = eu-de\n# the end\n")
        }
    }

    @Test func whatAPersonWroteBesideTheKeyIsKept() async throws {
        try await ToolHome.with(".aws/config") { home in
            try home.write("[profile archive] # mine\nregion = eu-de\n")
            #expect(try await home.setup(SetupCase.aws.arguments).exitCode == 0)
            let text = try #require(home.text())
            try home.write(text.replacing("credential_process", with: "output = json\ncredential_process"))
            #expect(try await home.setup(["aws", "--undo"]).exitCode == 0)
            #expect(home.text() == "[profile archive] # mine\nregion = eu-de\noutput = json\n")
            // An endpoint that somebody has changed is theirs.
            #expect(try await home.setup(SetupCase.aws.arguments).exitCode == 0)
            let ours = "endpoint_url = https://s3.eu-de.cloud"
            try home.write(try #require(home.text()).replacing(ours, with: "endpoint_url = https://s3.us-south.cloud"))
            #expect(try await home.setup(["aws", "--undo"]).exitCode == 0)
            #expect(home.text()?.contains("\nendpoint_url = https://s3.us-south.cloud") == true)
        }
    }

    @Test func aKeyThatAWSPrefersIsTold() async throws {
        try await ToolHome.with(".aws/config") { home in
            try home.write("")
            let credentials = home.folder.appending(path: ".aws/credentials")
            try Data("[archive]\naws_access_key_id = hunter2\naws_secret_access_key = hunter2\n".utf8)
                .write(to: credentials)
            let run = try await home.setup(SetupCase.aws.arguments)
            #expect(run.exitCode == 1)
            #expect(
                run.errors.contains("aws has a key for the profile archive in its credentials file"),
                "\(run.errors)"
            )
        }
    }

    @Test(arguments: ["role_arn", "sso_session", "aws_access_key_id", "source_profile"])
    func aProfileWithOtherCredentialsIsLeftAlone(key: String) async throws {
        try await ToolHome.with(".aws/config") { home in
            let text = "[profile archive]\n\(key) = hunter2\n"
            try home.write(text)
            let run = try await home.setup(SetupCase.aws.arguments)
            #expect(run.exitCode == 1 && run.errors.contains("[profile archive] has \(key)"), "\(run.errors)")
            #expect(home.text() == text)
        }
    }

    @Test func rcloneSignsWithThePairThatIsNamedForAWS() async throws {
        let answer = FakeDaemon.Script.answer("200 OK", "<ListBucketResult><Name>b</Name></ListBucketResult>")
        try await FakeDaemon.onPort(answer) { server in
            try await ToolHome.with(".config/rclone/rclone.conf") { home in
                let program = home.bin.appending(path: "iam-broker")
                let pairs = home.folder.appending(path: "pairs")
                try FileManager.default.createDirectory(at: pairs, withIntermediateDirectories: true)
                let pair = #"{"access_key_id":"AKARCHIVE","secret_access_key":"hunter2"}"#
                try Data(pair.utf8).write(to: pairs.appending(path: "archive.json"))
                // In place of the daemon's folder, which is the same for the whole machine.
                try FileManager.default.removeItem(at: program)
                try await home.standIn(
                    "iam-broker",
                    "exec '\(CommandRun.executable.path())' \"$@\" --folder '\(pairs.path())'"
                )
                let endpoint = ["--endpoint", "http://127.0.0.1:\(server.port)"]
                #expect(try await home.setup(["aws", "--pair", "archive"] + endpoint).exitCode == 0)
                let run = try await home.setup(["rclone", "--aws-profile", "archive"] + endpoint)
                #expect(run.exitCode == 0 && run.output.contains("rclone has the remote cos:"), "\(run.errors)")
                let list = try await home.tool("rclone", "--retries", "1", "lsf", "cos:b")
                #expect(list.exitCode == 0, "\(list.errors)")
                let heads = server.requests.all
                #expect(heads.contains { $0.hasPrefix("GET /b?") && $0.contains("Credential=AKARCHIVE/") }, "\(heads)")
                let aws = try await home.tool(
                    "aws",
                    "--profile",
                    "archive",
                    "--region",
                    "eu-de",
                    "s3api",
                    "list-objects",
                    "--bucket",
                    "c"
                )
                #expect(aws.exitCode == 0, "\(aws.errors)")
                #expect(server.requests.all.contains { $0.hasPrefix("GET /c") && $0.contains("Credential=AKARCHIVE/") })
            }
        }
    }

    @Test func theSDKSaysWhatItReads() async throws {
        try await ToolHome.with("ibm-credentials.env") { home in
            let run = try await home.setup(["sdk", "--service", "vpc", "--listener", "localhost:9"])
            #expect(run.output.contains("IBM's SDK for Python takes it for vpc"), "\(run.errors)")
            #expect(home.text() == "VPC_AUTH_TYPE=vpc\nVPC_AUTH_URL=http://localhost:9\n")
            // A later line wins for the SDK.
            try home.write(try #require(home.text()) + "VPC_AUTH_URL=http://localhost:10\n")
            #expect(
                try await home.setup(["sdk", "--service", "vpc", "--listener", "localhost:9", "--check"]).exitCode == 1
            )
        }
    }
}
