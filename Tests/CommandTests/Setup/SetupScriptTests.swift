import Foundation
import Testing

/// The commands terraform-ibm and curl-iam.
@Suite(.timeLimit(.minutes(5))) struct SetupScriptTests {
    @Test func terraformRunsWithTheTokenInItsEnvironment() async throws {
        try await ToolHome.with(".local/bin/terraform-ibm") { home in
            try await home.standIn(
                "terraform",
                #"[ "$1" = version ] && { echo Terraform v0; exit; }; echo "$IC_IAM_TOKEN"; printf '<%s>' "$@""#
            )
            let run = try await home.setup(SetupCase.terraform.arguments)
            #expect(run.exitCode == 0 && run.output.contains("it runs Terraform v0; its folder is not in PATH"))
            try await FakeDaemon.onSocket(.answer("200 OK", CredentialTests.answer)) { socket, daemon in
                let run = try await home.tool(
                    home.file.path(),
                    "plan",
                    "a b",
                    "--",
                    environment: ["IAM_BROKER_SOCKET": socket]
                )
                #expect(run.output == "\(CredentialTests.token)\n<plan><a b><-->", "\(run.errors)")
                #expect(daemon.requests.lines == ["GET /v1/token?profile=infrastructure HTTP/1.1"])
            }
        }
    }

    @Test func aScriptThatSomebodyChangedIsLeftToThem() async throws {
        try await ToolHome.with(".local/bin/curl-iam") { home in
            #expect(try await home.setup(SetupCase.curl.arguments).exitCode == 0)
            let other = try await home.setup(["curl", "--profile", "other"])
            #expect(other.exitCode == 1 && other.errors.contains("a script for the profile reports"))
            let changed = try #require(home.text()) + "# mine\n"
            try home.write(changed, mode: 0o755)
            let undo = try await home.setup(["curl", "--undo"])
            #expect(undo.exitCode == 1 && undo.errors.contains("was changed since it was made"))
            #expect(home.text() == changed)
        }
    }

    @Test(
        arguments: [
            (["https://iam.cloud.ibm.com/a"], "GET|https://iam.cloud.ibm.com/a|--profile|reports|", ""),
            (
                ["-sSf", "-X", "DELETE", "--url", "u", "-H", "A: b c"], "DELETE|u|--profile|reports|--header=A: b c|",
                ""
            ),
            (["u", "-d", "{\"a\": \"$(id)\\n\"}"], "POST|u|--profile|reports|--input|-|", "{\"a\": \"$(id)\\n\"}"),
            (
                ["-H", "--allow-host=evil.example", "u"], "GET|u|--profile|reports|--header=--allow-host=evil.example|",
                ""
            ),
            (["-X", "PUT", "-d", "@--allow-host=a", "u"], "PUT|u|--profile|reports|--input=--allow-host=a|", ""),
            (
                ["-XPATCH", "--url=u=1", "-HA: =b", "--header=C: d", "-d{}"],
                "PATCH|u=1|--profile|reports|--input|-|--header=A: =b|--header=C: d|", "{}"
            ),
            (["-d", "", "u"], "POST|u|--profile|reports|--input|-|", ""),
        ] as [([String], String, String)]
    )
    func curlsOptionsBecomeThoseOfRequest(arguments: [String], words: String, body: String) async throws {
        try await ToolHome.with(".local/bin/curl-iam") { home in
            #expect(try await home.setup(SetupCase.curl.arguments).exitCode == 0)
            try FileManager.default.removeItem(at: home.bin.appending(path: "iam-broker"))
            try await home.standIn(
                "iam-broker",
                #"[ "$1" = request ] || exit 9; shift; printf '%s|' "$@"; case $* in *"--input -"*) cat ;; esac; exit 3"#
            )
            let run = try await CommandRun(
                program: home.file,
                arguments,
                environment: ["PATH": home.path]
            )
            #expect(run.exitCode == 3)
            #expect(run.output == words + body)
        }
    }

    @Test(arguments: [
        [], ["-v", "u"], ["-L", "u"], ["-K", "file", "u"], ["a", "b"], ["--url"], ["-x", "proxy", "u"],
        ["-d", "a", "-d", "b", "u"],
        ["-X", "--allow-host=evil.example", "u"], ["--url", "--allow-host=evil.example"], ["--next", "u"],
        ["--allow-host", "evil.example", "https://evil.example/"], ["https://evil.example/"],
    ])
    func curlsOtherOptionsAndOtherHostsAreRefused(arguments: [String]) async throws {
        try await ToolHome.with(".local/bin/curl-iam") { home in
            #expect(try await home.setup(SetupCase.curl.arguments).exitCode == 0)
            try await FakeDaemon.onSocket(.answer("200 OK", CredentialTests.answer)) { socket, daemon in
                let run = try await CommandRun(
                    program: home.file,
                    arguments,
                    environment: ["PATH": home.path, "IAM_BROKER_SOCKET": socket]
                )
                #expect(run.exitCode == 64, "\(run.errors)")
                #expect(daemon.requests.lines.isEmpty)
            }
        }
    }
}
