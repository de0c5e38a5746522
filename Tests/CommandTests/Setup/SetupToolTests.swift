import Foundation
import Testing

/// What `setup` has to get right for one tool and not for the others, with the tools themselves.
@Suite(.timeLimit(.minutes(5))) struct SetupToolTests {
    // MARK: git

    @Test func gitAsksTheHelperAndForgetsThoseThatWouldKeepTheToken() async throws {
        try await ToolHome.with(".gitconfig") { home in
            try home.write("[credential]\n\thelper = \"!f() { touch \(home.folder.path())/asked; }; f\"\n")
            let run = try await home.setup(SetupCase.git.arguments)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(run.output.contains("git asks it for git.example.com"))
            try await FakeDaemon.onSocket(.answer("200 OK", CredentialTests.answer)) { socket, daemon in
                let fill = try await CommandRun(
                    program: URL(filePath: "/usr/bin/git"),
                    ["-C", "/", "credential", "fill"],
                    input: Data("protocol=https\nhost=git.example.com\n\n".utf8),
                    environment: [
                        "HOME": home.folder.path(), "PATH": home.path, "IAM_BROKER_SOCKET": socket,
                        "GIT_TERMINAL_PROMPT": "0",
                    ]
                )
                #expect(fill.exitCode == 0 && fill.output.contains("password=\(CredentialTests.token)\n"))
                #expect(daemon.requests.lines == ["GET /v1/token?profile=source HTTP/1.1"])
            }
            #expect(!FileManager.default.fileExists(atPath: home.folder.appending(path: "asked").path()))
        }
    }

    @Test func aHelperThatGitPrefersIsTold() async throws {
        try await ToolHome.with(".gitconfig") { home in
            let second = home.folder.appending(path: "second")
            try Data("[credential \"https://git.example.com\"]\n\thelper = store --file hunter2\n".utf8)
                .write(to: second)
            try home.write("")
            #expect(try await home.setup(SetupCase.git.arguments).exitCode == 0)
            try home.write(try #require(home.text()) + "[include]\n\tpath = \(second.path())\n")
            let check = try await home.setup(SetupCase.git.arguments + ["--check"])
            #expect(check.exitCode == 1)
            #expect(check.errors.contains("git has another helper for https://git.example.com: \"store …\""))
        }
    }

    @Test(
        arguments: [
            ([:], ".gitconfig"), (["GIT_CONFIG_GLOBAL": "@/g"], "g"), (["XDG_CONFIG_HOME": "@/x"], "x/git/config"),
        ] as [([String: String], String)]
    )
    func gitsOwnRulesSayWhichFile(environment: [String: String], file: String) async throws {
        try await ToolHome.with(file) { home in
            if file.hasSuffix("config") && file != ".gitconfig" { try home.write("[a]\n\tb = c\n") }
            let environment = environment.mapValues { $0.replacing("@", with: home.folder.path()) }
            let run = try await home.setup(SetupCase.git.arguments, environment: environment)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(home.text()?.contains("helper = iam-broker --host git.example.com --profile source\n") == true)
            let helper = try await home.tool(
                "git",
                "-C",
                "/",
                "config",
                "--global",
                "--get-all",
                "credential.https://git.example.com.helper",
                environment: environment
            )
            #expect(helper.output == "\niam-broker --host git.example.com --profile source\n")
        }
    }

    @Test func whatAPersonHadBeforeIsThereAfterwards() async throws {
        try await ToolHome.with(".gitconfig") { home in
            let own = "[credential \"https://own.example\"]\n\thelper = iam-broker --host own.example\n"
            try home.write(own)
            #expect(try await home.setup(SetupCase.git.arguments).exitCode == 0)
            #expect(try await home.setup(["git", "--undo"]).exitCode == 0)
            #expect(home.text() == own)
        }
    }

    // MARK: kubectl

    @Test(arguments: [
        "users: []\n", "users: null\nclusters: null\n", "users:\n", "clusters: []\n", "kind: Config\napiVersion: v1",
        "apiVersion: v1\nusers:\n- name: a\n  user: {}\n# the end\n",
        "apiVersion: v1\nusers:\n    -   user: {}\n        name: 'b'\n    - name: c\n      user:\n        token: hunter2\n",
    ])
    func kubectlReadsWhatItReadBeforeAndOurs(text: String) async throws {
        try await ToolHome.with(".kube/config") { home in
            try home.write(text)
            let run = try await home.setup(SetupCase.kubectl.arguments)
            #expect(run.exitCode == 0, "\(run.errors)")
            let path = "jsonpath={range .users[*]}{.name}={.user.exec.command} {.user.exec.args}{\"\\n\"}{end}"
            let view = try await home.tool("kubectl", "config", "view", "-o", path)
            #expect(view.output.contains(#"iam=iam-broker ["credential","kubectl","--profile","cluster"]"# + "\n"))
            #expect(try await home.setup(["kubectl", "--undo"]).exitCode == 0)
            #expect(home.text() == text)
        }
    }

    @Test(arguments: ["users: [{name: a, user: {token: hunter2}}]\n", #"{"users": [{"name": "a", "user": {}}]}"#])
    func aKubeconfigInAnUnknownStyleIsLeftAlone(text: String) async throws {
        try await ToolHome.with(".kube/config") { home in
            try home.write(text)
            let run = try await home.setup(SetupCase.kubectl.arguments)
            #expect(run.exitCode == 65)
            #expect(run.errors.contains("add by hand what --print prints"), "\(run.errors)")
            #expect(home.text() == text)
            #expect(try home.neighbours() == ["config"])
        }
    }

    @Test func theUserOfAContextIsTheOneThatIsAdded() async throws {
        try await ToolHome.with(".kube/config") { home in
            let contexts =
                "contexts:\n- name: prod\n  context:\n    cluster: c\n    user: prod/iam@c\n- name: bare\n  context: {}\n"
            try home.write(contexts)
            for (context, exitCode) in [("prod", Int32(0)), ("bare", 1), ("none", 1)] {
                let run = try await home.setup(["kubectl", "--context", context])
                #expect(run.exitCode == exitCode, "\(run.errors)")
            }
            #expect(home.text()?.contains("- name: \"prod/iam@c\"\n") == true)
            // As kubectl writes it after it has changed something else.
            let normal = try #require(home.text()).replacing("\"prod/iam@c\"", with: "prod/iam@c")
            try home.write(normal.replacing("bare", with: "other"))
            #expect(try await home.setup(["kubectl", "--undo"]).exitCode == 0)
            #expect(home.text()?.hasSuffix(contexts.replacing("bare", with: "other")) == true)
        }
    }

    @Test func kubectlCallsTheHelper() async throws {
        try await ToolHome.with(".kube/config") { home in
            let cluster = "clusters:\n- name: c\n  cluster: {server: \"https://127.0.0.1:1\"}\n"
            try home.write(cluster + "contexts:\n- name: x\n  context: {cluster: c, user: iam}\ncurrent-context: x\n")
            #expect(try await home.setup(SetupCase.kubectl.arguments).exitCode == 0)
            try await FakeDaemon.onSocket(.answer("200 OK", CredentialTests.answer)) { socket, daemon in
                let run = try await home.tool(
                    "kubectl",
                    "get",
                    "--raw",
                    "/version",
                    environment: ["IAM_BROKER_SOCKET": socket]
                )
                // Nobody is there, and kubectl has its token before it finds out.
                #expect(run.exitCode != 0 && run.errors.contains("127.0.0.1:1"), "\(run.errors)")
                #expect(daemon.requests.lines.first == "GET /v1/token?profile=cluster HTTP/1.1")
            }
        }
    }

    // MARK: aws and rclone

    @Test func awsHasThePairFromTheProfile() async throws {
        try await ToolHome.with(".aws/config") { home in
            try home.write("[profile archive]\nregion = eu-de\n# the end\n")
            let run = try await home.setup(SetupCase.aws.arguments)
            #expect(run.exitCode == 0 && run.output.contains("aws takes it for --profile archive"), "\(run.errors)")
            let lines =
                "endpoint_url = https://s3.eu-de.cloud-object-storage.appdomain.cloud\n"
                + "credential_process = iam-broker credential aws --pair archive\n"
            #expect(home.text() == "[profile archive]\nregion = eu-de\n# iam-broker setup aws:\n\(lines)# the end\n")
            #expect(try await home.setup(["aws", "--undo"]).exitCode == 0)
            #expect(home.text() == "[profile archive]\nregion = eu-de\n# the end\n")
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
                let script = "#!/bin/sh\nexec '\(CommandRun.executable.path())' \"$@\" --folder '\(pairs.path())'\n"
                try Data(script.utf8).write(to: program)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path())
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

    // MARK: The SDKs

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

    // MARK: Scripts

    /// Puts a program that tells how it was called in the place of a tool.
    private func standIn(_ name: String, _ script: String, in home: ToolHome) throws {
        let program = home.bin.appending(path: name)
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path())
    }

    @Test func terraformRunsWithTheTokenInItsEnvironment() async throws {
        try await ToolHome.with(".local/bin/terraform-ibm") { home in
            try standIn(
                "terraform",
                #"[ "$1" = version ] && { echo Terraform v0; exit; }; echo "$IC_IAM_TOKEN"; printf '<%s>' "$@""#,
                in: home
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
            (["-d", "", "u"], "POST|u|--profile|reports|--input|-|", ""),
        ] as [([String], String, String)]
    )
    func curlsOptionsBecomeThoseOfRequest(arguments: [String], words: String, body: String) async throws {
        try await ToolHome.with(".local/bin/curl-iam") { home in
            #expect(try await home.setup(SetupCase.curl.arguments).exitCode == 0)
            try FileManager.default.removeItem(at: home.bin.appending(path: "iam-broker"))
            try standIn(
                "iam-broker",
                #"[ "$1" = request ] || exit 9; shift; printf '%s|' "$@"; case $* in *"--input -"*) cat ;; esac; exit 3"#,
                in: home
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

    // MARK: docker

    @Test func aHelperThatIsNotOursIsFoundByAskingIt() async throws {
        try await ToolHome.with(".docker/config.json", helpers: []) { home in
            try standIn("docker-credential-iam-broker", #"echo '{"us.icr.io":"somebody"}'"#, in: home)
            let run = try await home.setup(SetupCase.docker.arguments)
            #expect(run.exitCode == 1)
            #expect(run.errors.contains("is not iam-broker's helper: asked for a list, it has one"), "\(run.errors)")
        }
    }

    // MARK: Helpers that are not there

    @Test(arguments: [SetupCase.docker, .git, .kubectl, .aws, .terraform, .curl])
    func withoutTheHelperInPathNothingIsChanged(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file, helpers: []) { home in
            let run = try await home.setup(tool.arguments)
            #expect(run.exitCode == 1 && run.errors.contains("is nowhere in PATH"), "\(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: home.file.path()))
        }
    }

    @Test(arguments: [SetupCase.git, .kubectl])
    func withoutTheToolThatReadsTheFileNothingIsChanged(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            try home.write(tool.others)
            let run = try await home.setup(tool.arguments, environment: ["PATH": home.bin.path()])
            #expect(run.exitCode == 69 && run.errors.contains("\(tool.tool) is nowhere in PATH"), "\(run.errors)")
            #expect(home.text() == tool.others)
        }
    }

    @Test(arguments: [SetupCase.aws, .rclone, .sdk])
    func withoutTheToolTheSettingIsMadeAndThatIsSaid(tool: SetupCase) async throws {
        try await ToolHome.with(tool.file) { home in
            let run = try await home.setup(tool.arguments, environment: ["PATH": home.bin.path()])
            #expect(run.exitCode == 0 && run.output.contains("to be asked"), "\(run.errors)")
        }
    }
}
