import Foundation
import Testing

/// What tools get from their helpers, in the tools' own languages.
@Suite(.timeLimit(.minutes(2))) struct CredentialTests {
    static let token = "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"
    static let answer =
        #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3001,"expires_at":1788256800,"profile":"p"}"#
    private static let locked = #"{"error":{"code":"locked","message":"profile p is locked by an operator"}}"#

    private func run(
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:],
        _ script: FakeDaemon.Script = .answer("200 OK", answer)
    ) async throws -> (CommandRun, requests: [String]) {
        try await FakeDaemon.onSocket(script) { socket, daemon in
            let environment = environment.merging(["IAM_BROKER_SOCKET": socket]) { $1 }
            let run = try await CommandRun(
                ["credential"] + arguments,
                input: Data(input.utf8),
                environment: environment
            )
            #expect(!run.errors.contains("eyJ"))
            return (run, daemon.requests.lines)
        }
    }

    // MARK: Docker

    @Test(arguments: ["us.icr.io", "https://us.icr.io/v2/\n", "ICR.IO\r\n"])
    func dockerGetsATokenForIBMsRegistries(server: String) async throws {
        let (run, requests) = try await run(["docker", "get", "--profile", "p"], input: server)
        #expect(run.exitCode == 0)
        let shown = server.trimmingCharacters(in: .newlines)
        #expect(run.output == #"{"ServerURL":"\#(shown)","Username":"iambearer","Secret":"\#(Self.token)"}"# + "\n")
        #expect(requests == ["GET /v1/token?profile=p HTTP/1.1"])
    }

    @Test(arguments: [
        "docker.io", "icr.io.evil.example", "evilicr.io", "a@us.icr.io", "us.icr.io:5000", "us.icr.io.", "",
    ])
    func dockerIsToldAtOnceThatOthersHaveNone(server: String) async throws {
        let (run, requests) = try await run(["docker", "get"], input: server)
        #expect(run.exitCode == 1)
        #expect(run.output == "credentials not found in native keychain\n")
        #expect(run.errors.isEmpty)
        #expect(requests.isEmpty)
    }

    @Test(arguments: [
        ("store", #"{"ServerURL":"us.icr.io","Username":"a","Secret":"b"}"#, ""), ("erase", "us.icr.io", ""),
        ("list", "", "{}\n"), ("version", "", "docker-credential-iam-broker 0.1.0\n"),
    ])
    func dockerStoresNothing(action: String, input: String, output: String) async throws {
        let (run, requests) = try await run(["docker", action], input: input)
        #expect(run.exitCode == 0)
        #expect(run.output == output)
        #expect(requests.isEmpty)
    }

    @Test func dockerShowsWhyThereIsNone() async throws {
        let (run, _) = try await run(["docker", "get"], input: "us.icr.io", .answer("403 Forbidden", Self.locked))
        #expect(run.exitCode == 77)
        #expect(run.output == "profile p is locked by an operator\n")
        #expect(run.errors.contains("profile p is locked by an operator"))
    }

    // MARK: git

    private static let question = "protocol=https\nhost=git.example.com\n"
    private static let git = [
        "git", "--host", "git.example.com", "--host", "code.example.com:8443", "--host", "k.example.com", "get",
    ]

    @Test(arguments: [
        question, question + "path=a/b.git\n\n", question + "username=iam\n",
        question + "wwwauth[]=Basic\nwwwauth[]=Bearer\n",
        "protocol=https\nhost=CODE.example.com:8443\n",
    ])
    func gitGetsATokenAndItsExpiryForItsHosts(question: String) async throws {
        let (run, requests) = try await run(Self.git, input: question, environment: ["IAM_BROKER_PROFILE": "p"])
        #expect(run.exitCode == 0)
        #expect(run.output == "username=iam\npassword=\(Self.token)\npassword_expiry_utc=1788256800\n")
        #expect(requests == ["GET /v1/token?profile=p HTTP/1.1"])
    }

    @Test(arguments: [
        "", "\n", "nonsense\n", "host=git.example.com\n", "protocol=http\nhost=git.example.com\n",
        "protocol=https\nhost=git.example.com.evil.example\n", "protocol=https\nhost=git.example.com:80\n",
        "protocol=https\nhost=evil.example\npath=git.example.com\n", question + "username=somebody\n",
        question + "host=git.example.com\n", "protocol=https\nhost=evil.example\nhost=git.example.com\n",
        "protocol=https\nhost=git.example.com.\n", "protocol=https\nhost=\u{212A}.example.com\n",
        "protocol=https\nhost=git.example.com\u{0}\n",
    ])
    func gitHearsNothingAboutOthers(question: String) async throws {
        let (run, requests) = try await run(Self.git, input: question)
        #expect(run.exitCode == 0)
        #expect(run.output.isEmpty && run.errors.isEmpty)
        #expect(requests.isEmpty)
    }

    @Test(arguments: ["store", "erase", "future"])
    func gitStoresNothing(action: String) async throws {
        let (run, requests) = try await run(["git", "--host", "git.example.com", action], input: Self.question)
        #expect(run.exitCode == 0)
        #expect(run.output.isEmpty && run.errors.isEmpty)
        #expect(requests.isEmpty)
    }

    @Test func gitDoesNotAskThePersonWhenThereIsNone() async throws {
        let (run, _) = try await run(Self.git, input: Self.question, .answer("403 Forbidden", Self.locked))
        #expect(run.exitCode == 77)
        #expect(run.output == "quit=1\n")
    }

    // MARK: Kubernetes

    @Test(arguments: ["v1", "v1beta1", nil])
    func kubectlGetsItsVersion(version: String?) async throws {
        let group = "client.authentication.k8s.io/"
        let question =
            #"{"kind":"ExecCredential","apiVersion":"\#(group)\#(version ?? "")","spec":{"interactive":false}}"#
        let environment = version == nil ? [:] : ["KUBERNETES_EXEC_INFO": question]
        let (run, _) = try await run(["kubectl"], environment: environment)
        #expect(run.exitCode == 0)
        let status = #"{"expirationTimestamp":"2026-09-01T10:00:00Z","token":"\#(Self.token)"}"#
        let expected = #"{"apiVersion":"\#(group)\#(version ?? "v1")","kind":"ExecCredential","status":\#(status)}"#
        #expect(run.output == expected + "\n")
    }

    @Test(arguments: [
        "nonsense", "{}", #"{"apiVersion":"client.authentication.k8s.io/v1alpha1"}"#, #"{"apiVersion":"v1"}"#,
    ])
    func kubectlIsToldWhatIsNotUnderstood(question: String) async throws {
        let (run, requests) = try await run(["kubectl"], environment: ["KUBERNETES_EXEC_INFO": question])
        #expect(run.exitCode == 65)
        #expect(run.output.isEmpty)
        #expect(requests.isEmpty)
    }

    private static func pull(_ image: String, _ version: String = "v1") -> String {
        #"{"apiVersion":"credentialprovider.kubelet.k8s.io/\#(version)","kind":"CredentialProviderRequest","image":"\#(image)"}"#
    }

    @Test func theKubeletGetsATokenForHalfItsLife() async throws {
        let (run, _) = try await run(["kubelet"], input: Self.pull("us.icr.io/a/b:c"))
        #expect(run.exitCode == 0)
        let auth = #"{"us.icr.io":{"username":"iambearer","password":"\#(Self.token)"}}"#
        let head = #"{"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderResponse","#
        #expect(run.output == head + #""cacheKeyType":"Registry","cacheDuration":"1500s","auth":\#(auth)}"# + "\n")
    }

    @Test func theKubeletGetsNothingForOtherRegistries() async throws {
        let (run, requests) = try await run(["kubelet"], input: Self.pull("icr.io.evil.example/a", "v1beta1"))
        #expect(run.exitCode == 0)
        #expect(run.output.hasSuffix(#""cacheDuration":"0s","auth":{}}"# + "\n"))
        #expect(requests.isEmpty)
    }

    @Test(arguments: ["", "{}", pull("us.icr.io/a", "v2"), #"{"kind":"CredentialProviderRequest","apiVersion":"a"}"#])
    func theKubeletIsToldWhatIsNotUnderstood(question: String) async throws {
        let (run, requests) = try await run(["kubelet"], input: question)
        #expect(run.exitCode == 65)
        #expect(run.output.isEmpty)
        #expect(requests.isEmpty)
    }

    // MARK: Object Storage

    @Test(arguments: [
        (#"{"access_key_id":"0a1b","secret_access_key":"c2d3"}"#, ""),
        (
            #"{"access_key_id":"0a1b","secret_access_key":"c2d3","expires_at":1788256800}"#,
            #","Expiration":"2026-09-01T10:00:00Z""#
        ),
    ])
    func awsGetsThePair(file: String, expiration: String) async throws {
        try await withScratchFolder { folder in
            try Data(file.utf8).write(to: folder.appending(path: "archive.json"))
            let run = try await CommandRun("credential", "aws", "--pair", "archive", "--folder", folder.path())
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(run.output == #"{"Version":1,"AccessKeyId":"0a1b","SecretAccessKey":"c2d3"\#(expiration)}"# + "\n")
        }
    }

    @Test(arguments: [
        (nil, Int32(69), "there is no HMAC pair archive yet"), ("", 65, "holds no HMAC pair"),
        ("{}", 65, "holds no HMAC pair"),
        (#"{"access_key_id":"0a1b","secret_access_key":""}"#, 65, "holds no HMAC pair"),
        (#"{"access_key_id":"0a1b","secret_access_key":"c2d3secret","expires_at":"soon"}"#, 65, "no time"),
        (#"{"access_key_id":"0a1b","secret_access_key":"c2d3secret","expires_at":-1}"#, 65, "no time"),
    ])
    func awsIsToldWhyThereIsNone(file: String?, exitCode: Int32, message: String) async throws {
        try await withScratchFolder { folder in
            if let file { try Data(file.utf8).write(to: folder.appending(path: "archive.json")) }
            let run = try await CommandRun("credential", "aws", "--pair", "archive", "--folder", folder.path())
            #expect(run.exitCode == exitCode)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains(message), "\(run.errors)")
            #expect(!run.errors.contains("c2d3"))
        }
    }

    @Test(arguments: ["../shadow", "a/b", "", ".", "a.json", "-x", String(repeating: "a", count: 65)])
    func aPairHasAPlainName(name: String) async throws {
        #expect(try await CommandRun("credential", "aws", "--pair=\(name)").exitCode == 64)
    }

    // MARK: All of them

    @Test(arguments: [
        (["docker", "get"], "us.icr.io"), (git, question), (["kubectl"], ""), (["kubelet"], pull("us.icr.io/a")),
    ])
    func aDaemonThatHangsIsGivenUpAfterTwoSeconds(arguments: [String], input: String) async throws {
        let start = ContinuousClock.now
        let (run, requests) = try await run(arguments, input: input, .silence)
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("no answer in time"))
        #expect(requests.count == 1)
        // Generous: the machine may be busy. Without a limit of their own they would wait for 20 s.
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test(arguments: [
        (["docker", "get"], "us.icr.io"), (git, question), (["kubectl"], ""), (["kubelet"], pull("us.icr.io/a")),
    ])
    func aDaemonThatIsStoppedIsSaidToBe(arguments: [String], input: String) async throws {
        let environment = ["IAM_BROKER_SOCKET": "/nonexistent/socket"]
        let run = try await CommandRun(["credential"] + arguments, input: Data(input.utf8), environment: environment)
        #expect(run.exitCode == 69)
        #expect(run.errors.contains("no answer from the broker at /nonexistent/socket: no such file or directory"))
    }
}
