import Foundation
import SwiftASN1
import Testing
import X509

@Suite struct CertificateCommandTests {
    private let signer: CertificateSigner

    init() throws {
        signer = try CertificateSigner()
    }

    @Test func keyAndChainAreWrittenAndTold() async throws {
        let certificate = try await CertificateRun(answers: signer.answer)
        let run = certificate.run
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(
            certificate.requests.map(\.line) == [
                "PUT /identity/v1/token?version=2025-08-26 HTTP/1.1",
                "POST /identity/v1/certificates?version=2025-08-26 HTTP/1.1",
            ]
        )
        #expect(Set(certificate.files.keys) == ["key.pem", "chain.pem"])
        #expect(certificate.modes == ["key.pem": 0o600, "chain.pem": 0o644])
        let key = try Certificate.PrivateKey(pemEncoded: try #require(certificate.files["key.pem"]))
        let chain = try PEMDocument.parseMultiple(pemString: try #require(certificate.files["chain.pem"]))
        #expect(chain.count == 2)
        #expect(try Certificate(pemDocument: try #require(chain.first)).publicKey == key.publicKey)
        let rows = run.output.split(separator: "\n").map { $0.split(separator: "  ", maxSplits: 1).map(String.init) }
        #expect(rows.map(\.first) == ["subject", "serial", "not after", "key", "chain"])
        #expect(run.output.contains("C=US,O=Example Org,CN=\(CertificateSigner.instance)\n"))
        #expect(run.output.contains(" 03EA\n"))
        // Part of the hour has passed meanwhile, or none to speak of.
        #expect(run.output.contains(" (in 59 minutes)\n") || run.output.contains(" (in 1 hour)\n"))
        #expect(run.output.hasSuffix("/chain.pem (2 certificates)\n"))
    }

    @Test func theRequestHasTheSubjectAndNothingElse() async throws {
        let certificate = try await CertificateRun(["--expires-in", "30m"], answers: signer.answer)
        let body = try #require(certificate.requests.last?.body)
        let document = try #require(JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
        #expect(Set(document.keys) == ["csr", "expires_in"])
        #expect(document["expires_in"] as? Int == 1_800)
        let request = try CertificateSigningRequest(pemEncoded: try #require(document["csr"] as? String))
        #expect(request.subject.description == "O=Example Org,ST=Texas,C=US")
        #expect(request.attributes.isEmpty)
        #expect(request.publicKey.isValidSignature(request.signature, for: request))
    }

    @Test func programsGetJSON() async throws {
        let certificate = try await CertificateRun(["--json", "--bundle", "@both.pem"], answers: signer.answer)
        #expect(certificate.run.exitCode == 0, "\(certificate.run.errors)")
        let text = certificate.run.output
        #expect(text.filter { $0 == "\n" }.count == 1)
        let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(document["subject"] as? String == "C=US,O=Example Org,CN=\(CertificateSigner.instance)")
        #expect(document["serial"] as? String == "03EA")
        #expect(document["certificates"] as? Int == 2)
        let format = ISO8601DateFormatter()
        let start = try #require(format.date(from: document["not_before"] as? String ?? ""))
        let end = try #require(format.date(from: document["not_after"] as? String ?? ""))
        #expect(end.timeIntervalSince(start) == 3_600)
        for (name, file) in [("key", "/key.pem"), ("chain", "/chain.pem"), ("bundle", "/both.pem")] {
            #expect((document[name] as? String)?.hasSuffix(file) == true)
        }
    }

    @Test func aBundleHoldsKeyAndChain() async throws {
        let certificate = try await CertificateRun(
            ["--bundle", "@both.pem", "--mode", "0640", "--owner", "\(getuid())", "--group", "\(getgid())"],
            answers: signer.answer
        )
        #expect(certificate.run.exitCode == 0, "\(certificate.run.errors)")
        let (key, chain) = (certificate.files["key.pem"] ?? "", certificate.files["chain.pem"] ?? "")
        #expect(certificate.files["both.pem"] == key + chain)
        #expect(certificate.modes == ["key.pem": 0o640, "both.pem": 0o640, "chain.pem": 0o644])
        #expect(certificate.run.output.contains("/both.pem\n"))
    }

    @Test func rootsMustVouchForTheChain() async throws {
        let roots = try signer.rootPEM()
        let vouched = try await CertificateRun(["--roots", "@roots.pem"], answers: signer.answer) {
            try roots.write(to: $0.appending(path: "roots.pem"), atomically: false, encoding: .utf8)
        }
        #expect(vouched.run.exitCode == 0, "\(vouched.run.errors)")
        let others = try CertificateSigner().rootPEM()
        let refused = try await CertificateRun(["--roots", "@roots.pem"], answers: signer.answer) {
            try others.write(to: $0.appending(path: "roots.pem"), atomically: false, encoding: .utf8)
        }
        #expect(refused.run.exitCode == 69)
        #expect(refused.run.errors.contains("none of the roots vouches for the chain"), "\(refused.run.errors)")
        #expect(Set(refused.files.keys) == ["roots.pem"])
        let unreadable = try await CertificateRun(["--roots", "@roots.pem"], answers: signer.answer) {
            try "none".write(to: $0.appending(path: "roots.pem"), atomically: false, encoding: .utf8)
        }
        #expect(unreadable.run.exitCode == 65)
        #expect(unreadable.requests.isEmpty)
    }

    @Test func theServiceItselfIsAsked() async throws {
        try await withScratchFolder { folder in
            let answers: ScriptedServer.Answers = { [signer] request in
                request.path.hasPrefix("/identity/")
                    ? MetadataAnswers.error("404 Not Found", "not_found") : signer.answer(request)
            }
            try await ScriptedServer.onPort(answers) { server in
                let run = try await CommandRun(
                    "certificate",
                    "--subject",
                    "O=Example Org",
                    "--key-type",
                    "rsa2048",
                    "--direct",
                    "--url",
                    "http://127.0.0.1:\(server.port)",
                    "--key",
                    folder.appending(path: "k").path(),
                    "--chain",
                    folder.appending(path: "c").path()
                )
                #expect(run.exitCode == 0, "\(run.errors)")
                #expect(
                    server.lines.suffix(2) == [
                        "PUT /instance_identity/v1/token?version=2022-03-01 HTTP/1.1",
                        "POST /instance_identity/v1/certificates?version=2022-03-01 HTTP/1.1",
                    ]
                )
            }
        }
    }
}
