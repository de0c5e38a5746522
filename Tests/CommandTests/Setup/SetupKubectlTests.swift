import Foundation
import Testing

/// What kubectl itself makes of its setup.
@Suite(.timeLimit(.minutes(5))) struct SetupKubectlTests {
    @Test(arguments: [
        "users: # mine\n", "users: []  # mine\nclusters: []\n", "users: []\n", "users: null\nclusters: null\n",
        "users:\n", "clusters: []\n", "kind: Config\napiVersion: v1",
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

    @Test func withoutKubectlItIsPrintedAndNothingIsTakenOut() async throws {
        try await ToolHome.with(".kube/config") { home in
            let bare = ["PATH": home.bin.path()]
            let print = try await home.setup(SetupCase.kubectl.arguments + ["--print"], environment: bare)
            #expect(print.exitCode == 0, "\(print.errors)")
            #expect(print.output.contains("client.authentication.k8s.io/v1\n") && print.output.contains("Never"))
            let undo = try await home.setup(["kubectl", "--undo"], environment: bare)
            #expect(undo.exitCode == 69 && undo.errors.contains("take out by hand the users"), "\(undo.errors)")
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
}
