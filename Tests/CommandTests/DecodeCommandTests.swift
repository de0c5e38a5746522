import Foundation
import Testing

@Suite struct DecodeCommandTests {
    private func part(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
            .replacing("/", with: "_")
    }

    @Test func aTokenIsShownWithoutItsSignature() async throws {
        let token = try Fixture.token("iam_tokens_identity_v1.json")
        let signature = try #require(token.split(separator: ".").last)
        for options in [[], ["--json"]] {
            let run = try await CommandRun(["decode"] + options, input: Data(token.utf8))
            #expect(run.exitCode == 0)
            #expect(run.errors.isEmpty)
            #expect(run.output.contains("broker-host-profile"))
            #expect(!run.output.contains(signature.prefix(20)))
            #expect(run.output.contains(options.isEmpty ? "NOT VERIFIED" : #","verified":false}"#))
        }
    }

    @Test func nothingInATokenReachesTheTerminalRaw() async throws {
        let token =
            part("{\"alg\":\"none\",\n\"x\":\"\u{9B}\"}") + "."
            + part("{\"a\":\"\\u001b[2J\u{202E}\",\"b\":[\"\u{7F}\"]}") + "."
        for options in [[], ["--json"]] {
            let run = try await CommandRun(["decode"] + options, input: Data(token.utf8))
            #expect(run.exitCode == 0)
            let bad = run.output.unicodeScalars.filter {
                $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
            }
            #expect(bad.isEmpty)
        }
    }

    @Test(arguments: ["", "x", "a.b.c", "e30.W10."])
    func whatIsNoTokenIsBadInput(text: String) async throws {
        let run = try await CommandRun("decode", input: text)
        #expect(run.exitCode == 65)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("iam-broker: cannot decode the token: "))
    }
}
