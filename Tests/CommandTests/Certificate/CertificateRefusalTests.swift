import Foundation
import Testing

/// What keeps `iam-broker certificate` from writing anything.
@Suite struct CertificateRefusalTests {
    private let signer: CertificateSigner

    init() throws {
        signer = try CertificateSigner()
    }

    @Test(arguments: [
        (MetadataAnswers.error("403 Forbidden", "unauthorized"), Int32(77), "must have certificates: true"),
        (
            MetadataAnswers.error("403 Forbidden", "unauthorized"), 77,
            "the unauthorized reason for <redacted> (trace 7c1b0a9f)"
        ),
        (MetadataAnswers.error("400 Bad Request", "invalid_value"), 65, "invalid_value"),
        (MetadataAnswers.error("401 Unauthorized", "unauthenticated"), 69, "unauthenticated"),
        (MetadataAnswers.error("404 Not Found", "not_found"), 69, "signs no certificates"),
        (MetadataAnswers.error("429 Too Many Requests", "x", headers: "Retry-After: 7\r\n"), 69, "try again in 7 s"),
        (MetadataAnswers.error("503 Service Unavailable", "x", headers: "Retry-After: 7\r\n"), 69, "try again in 7 s"),
        (MetadataAnswers.error("500 Internal Server Error", "service_error"), 69, "service_error"),
        (.answer("302 Found", "", headers: "Location: http://127.0.0.1:1/\r\n"), 69, "redirects are not followed"),
        (.answer("201 Created", "garbage"), 69, "without certificates"),
        (.answer("201 Created", #"{"certificates":[]}"#), 69, "without certificates"),
        (.answer("201 Created", #"{"certificates":["a",1]}"#), 69, "without certificates"),
        (.answer("201 Created", #"{"certificates":["a"]}"#), 69, "is not one certificate in PEM"),
        (.answer("201 Created", #"{"certificates":["1","2","3","4","5","6","7","8","9"]}"#), 69, "has 9"),
        (.answer("201 Created", #"{"certificates":["\#(String(repeating: "A", count: 65_537))"]}"#), 69, "64 KiB"),
        (.close, 69, "closed before"),
    ])
    func aRefusalWritesNothing(script: FakeDaemon.Script, exitCode: Int32, message: String) async throws {
        let certificate = try await CertificateRun(answers: MetadataAnswers.then(script))
        #expect(certificate.run.exitCode == exitCode, "\(certificate.run.errors)")
        #expect(certificate.run.errors.contains(message), "\(certificate.run.errors)")
        #expect(certificate.run.output.isEmpty)
        #expect(certificate.files.isEmpty)
    }

    @Test func aCertificateForAnotherKeyIsNotWritten() async throws {
        let answer = try Fixture.text("certificates.json")
        let certificate = try await CertificateRun(answers: MetadataAnswers.then(.answer("200 OK", answer)))
        #expect(certificate.run.exitCode == 69)
        #expect(certificate.run.errors.contains("cannot be used: the first certificate is for another key"))
        #expect(certificate.files.isEmpty)
    }

    @Test(arguments: [(-3_601.0, "check the clock"), (120, "check the clock")])
    func aCertificateOfAnotherTimeIsNotWritten(start: Double, hint: String) async throws {
        let signer = try CertificateSigner(start: Date().addingTimeInterval(start))
        let certificate = try await CertificateRun(answers: signer.answer)
        #expect(certificate.run.exitCode == 69)
        #expect(certificate.run.errors.contains("certificate 1 of 2 is valid from"), "\(certificate.run.errors)")
        #expect(certificate.run.errors.contains(hint))
        #expect(certificate.files.isEmpty)
    }

    @Test func whatWasThereStaysWhenNothingBetterComes() async throws {
        let refusal = MetadataAnswers.error("403 Forbidden", "unauthorized")
        let certificate = try await CertificateRun(answers: MetadataAnswers.then(refusal)) {
            try "old".write(to: $0.appending(path: "key.pem"), atomically: false, encoding: .utf8)
        }
        #expect(certificate.files == ["key.pem": "old"])
    }

    @Test func placesThatCannotBeUsedAreRefusedBeforeAnybodyIsAsked() async throws {
        let link = try await CertificateRun(answers: signer.answer) {
            try FileManager.default.createSymbolicLink(
                at: $0.appending(path: "chain.pem"),
                withDestinationURL: $0.appending(path: "elsewhere")
            )
        }
        #expect(link.run.errors.contains("is a symbolic link"), "\(link.run.errors)")
        let missing = try await CertificateRun(["--bundle", "@none/both.pem"], answers: signer.answer)
        #expect(missing.run.errors.contains("there is no folder"), "\(missing.run.errors)")
        let open = try await CertificateRun(answers: signer.answer) {
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: $0.path())
        }
        #expect(open.run.errors.contains("others may write"), "\(open.run.errors)")
        for certificate in [link, missing, open] {
            #expect(certificate.run.exitCode == 65)
            #expect(certificate.requests.isEmpty)
            #expect(certificate.files.isEmpty)
        }
    }

    @Test(arguments: [
        (["--expires-in", "299"], Int32(64), "299"), (["--expires-in", "3601"], 64, "3601"),
        (["--expires-in", "2h"], 64, "2h"), (["--expires-in", "1d"], 64, "1d"),
        (["--expires-in", "-1"], 64, "expires-in"),
        (["--expires-in", "9223372036854775807h"], 64, "expires-in"), (["--expires-in", "h"], 64, "expires-in"),
        (["--mode", "644"], 64, "must not have the mode 644"), (["--mode", "4600"], 64, "must not have the mode 4600"),
        (["--mode", "99"], 64, "99"), (["--key-type", "dsa"], 64, "dsa"),
        (["--bundle", "a/"], 64, "does not name a file"),
        (["--owner", "no such user"], 78, "no user \"no such user\""),
        (["--group", "no such group"], 78, "no group \"no such group\""), (["--ca-file", "x"], 64, "need --direct"),
        (["--subject", "CN=host"], 64, "the metadata service puts the instance's ID there"),
        (["--subject", "C=Germany"], 64, "two capital letters"),
    ])
    func wrongUseIsExplained(arguments: [String], exitCode: Int32, message: String) async throws {
        let certificate = try await CertificateRun(arguments, answers: signer.answer)
        #expect(certificate.run.exitCode == exitCode, "\(certificate.run.errors)")
        #expect(certificate.run.errors.contains(message), "\(certificate.run.errors)")
        #expect(certificate.requests.isEmpty)
        #expect(certificate.files.isEmpty)
    }

    @Test(arguments: [("300", 300), ("5m", 300), ("1800s", 1_800), ("60m", 3_600), ("1h", 3_600)])
    func theLifetimeIsAskedFor(text: String, seconds: Int) async throws {
        let certificate = try await CertificateRun(["--expires-in", text], answers: signer.answer)
        #expect(certificate.run.exitCode == 0, "\(certificate.run.errors)")
        #expect(certificate.requests.last?.body.hasSuffix(#","expires_in":\#(seconds)}"#) == true)
    }

    @Test(arguments: ["--subject", "--key", "--chain"])
    func whatMustBeNamedIsNamed(option: String) async throws {
        let all = [("--subject", "O=a"), ("--key", "k"), ("--chain", "c")]
        let arguments = all.filter { $0.0 != option }.flatMap { [$0.0, $0.1] }
        let run = try await CommandRun(["certificate"] + arguments, input: Data())
        #expect(run.exitCode == 64)
        #expect(run.errors.contains("Missing expected argument '\(option)"), "\(run.errors)")
    }
}
