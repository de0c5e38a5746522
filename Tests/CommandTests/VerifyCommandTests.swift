import Foundation
import NIOSSL
import Testing

@Suite struct VerifyCommandTests {
    private let token: String
    private let keys = Fixture.path("identity_keys_jwks.json")
    private let at = ["--at", "1788256860"]

    init() throws {
        token = try Fixture.token("iam_tokens_identity_v1.json")
    }

    private func verify(_ arguments: [String], input: String? = nil) async throws -> CommandRun {
        let run = try await CommandRun(["verify"] + arguments, input: Data((input ?? token).utf8))
        #expect(!run.errors.contains(token.prefix(40)))
        return run
    }

    @Test func aGoodTokenIsAccepted() async throws {
        let run = try await verify(["--jwks", keys] + at, input: " \n\(token)\r\n")
        #expect(run.exitCode == 0)
        #expect(run.output == "accepted: expires 2026-09-01T11:00:00Z (in 59 minutes)\n")
        #expect(run.errors.isEmpty)
    }

    @Test func aTokenMayBeInAFile() async throws {
        try await withScratchFolder { folder in
            let file = folder.appending(path: "token")
            try Data(token.utf8).write(to: file)
            let run = try await verify([file.path(), "--jwks", keys, "--json"] + at, input: "")
            #expect(run.exitCode == 0)
            #expect(run.output.hasPrefix(#"{"verdict":"accept","reason":null,"claims":{"iam_id":"iam-Profile-"#))
        }
    }

    @Test(arguments: [
        (["--issuer", "https://iam.cloud.ibm.com/identity"], String?.none),
        (["--issuer", "https://iam.test.cloud.ibm.com/identity"], "issuer is not the expected one"),
        (["--audience", "x"], "claim aud is missing"),
        (["--algorithm", "RS256", "--algorithm", "ES256"], nil),
        (["--algorithm", "ES256"], "algorithm is not allowed"),
        (["--profile-id", "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"], nil),
        (["--profile-id", "Profile-x"], "token is not for the expected profile (claim iam_id)"),
        (["--account-id", "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"], nil),
        (["--account-id", "x"], "account is not the expected one"),
    ])
    func expectationsAreChecked(options: [String], reason: String?) async throws {
        let run = try await verify(["--jwks", keys] + at + options)
        #expect(run.exitCode == (reason == nil ? 0 : 1))
        #expect(run.output.isEmpty == (reason != nil))
        #expect(run.errors == reason.map { "iam-broker: token rejected: \($0)\n" } ?? "")
    }

    @Test(arguments: [
        ("1788260399.5", "0", Int32(0)), ("1788260400", "0", 1), ("1788260400", "0.5", 0), ("1788256799", "0", 1),
        ("1788256799", "1", 0), ("1788346799", "86400", 0),
    ])
    func timeAndLeewayCanBeGiven(at: String, leeway: String, exitCode: Int32) async throws {
        let run = try await verify(["--jwks", keys, "--at", at, "--leeway", leeway])
        #expect(run.exitCode == exitCode)
    }

    @Test func theSignatureAloneCanBeChecked() async throws {
        let run = try await verify(["--jwks", keys, "--signature-only", "--at", "1"])
        #expect(run.exitCode == 0)
        let changed = try await verify(["--jwks", keys, "--signature-only"], input: token + "AAAA")
        #expect(changed.exitCode == 1)
        #expect(changed.errors == "iam-broker: token rejected: signature is not valid\n")
    }

    @Test(arguments: ["", "x", "a.b.c", String(repeating: "A", count: 65_537), String(repeating: "A", count: 400_000)])
    func aMalformedTokenIsARejection(text: String) async throws {
        let run = try await verify(["--jwks", keys], input: text)
        #expect(run.exitCode == 1)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("iam-broker: token rejected: "))
    }

    @Test(arguments: ["", "{", #"{"kty":"RSA"}"#, #"{"keys":[]}"#, String(repeating: " ", count: 524_289)])
    func aMalformedKeySetIsARejection(text: String) async throws {
        try await withScratchFolder { folder in
            let file = folder.appending(path: "keys")
            try Data(text.utf8).write(to: file)
            let run = try await verify(["--jwks", file.path(), "--json"])
            #expect(run.exitCode == 1)
            #expect(run.output.hasPrefix(#"{"verdict":"reject","reason":"key set "#))
            #expect(run.errors.hasPrefix("iam-broker: token rejected: key set "))
        }
    }

    @Test func keysCanComeFromAServer() async throws {
        let keySet = try Fixture.text("identity_keys_jwks.json")
        let daemon = FakeDaemon.Script.answer("200 OK", keySet)
        try await FakeDaemon.onPort(daemon) { server in
            let run = try await verify(["--jwks", "http://127.0.0.1:\(server.port)/identity/keys?a=b"] + at)
            #expect(run.exitCode == 0)
            #expect(server.requests.lines == ["GET /identity/keys?a=b HTTP/1.1"])
        }
    }

    @Test(arguments: [
        (FakeDaemon.Script.answer("404 Not Found", "{}"), "status 404"),
        (.answer("302 Found", "", headers: "Location: /keys\r\n"), "status 302"),
        (.close, "closed before"), (.bytes("garbage\r\n\r\n"), "not HTTP"),
        (.answer("200 OK", String(repeating: " ", count: 524_289)), "larger than 512 KiB"),
    ])
    func keysThatCannotBeFetchedAreNoRejection(script: FakeDaemon.Script, reason: String) async throws {
        try await FakeDaemon.onPort(script) { server in
            let run = try await verify(["--jwks", "http://localhost:\(server.port)/keys"] + at)
            #expect(run.exitCode == 69)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains(reason), "\(run.errors)")
            #expect(server.requests.all.count == 1)
        }
    }

    @Test func aServerMustHaveATrustedCertificate() async throws {
        let keySet = try Fixture.text("identity_keys_jwks.json")
        try await withScratchFolder { folder in
            try await ReferencePython.mint("--certificate", folder.path())
            let certificate = folder.appending(path: "certificate.pem").path()
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map(NIOSSLCertificateSource.certificate)
            let key = try NIOSSLPrivateKey(file: folder.appending(path: "key.pem").path(), format: .pem)
            let tls = try NIOSSLContext(
                configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            )
            try await FakeDaemon.onPort(.answer("200 OK", keySet), tls: tls) { server in
                for (host, options, exitCode) in [
                    ("localhost", ["--ca-file", certificate], Int32(0)), ("127.0.0.1", ["--ca-file", certificate], 0),
                    ("127.0.0.2", ["--ca-file", certificate], 69), ("localhost", [], 69),
                ] {
                    let run = try await verify(["--jwks", "https://\(host):\(server.port)/keys"] + at + options)
                    #expect(run.exitCode == exitCode, "\(host) \(run.errors)")
                }
            }
        }
    }

    @Test func filesThatCannotBeReadAreBadInput() async throws {
        for arguments in [
            ["--jwks", "/nonexistent/keys"], ["/nonexistent/token", "--jwks", keys], ["/", "--jwks", keys],
        ] {
            let run = try await verify(arguments)
            #expect(run.exitCode == 65)
            #expect(run.output.isEmpty)
            #expect(run.errors.hasPrefix("iam-broker: cannot read /"))
        }
    }
}
