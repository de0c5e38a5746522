import Foundation
import Testing

@Suite struct UsageTests {
    @Test(arguments: [
        [], ["nonsense"], ["verify"], ["verify", "--jwks", "k", "--algorithm", "none"],
        ["verify", "--jwks", "k", "--algorithm", "HS256"], ["verify", "--jwks", "k", "--at", "noon"],
        ["verify", "--jwks", "k", "--at", "nan"], ["verify", "--jwks", "k", "--leeway", "86401"],
        ["verify", "--jwks", "k", "--leeway", "inf"], ["verify", "--jwks", "http://a.example/keys"],
        ["verify", "--jwks", "-"], ["verify", "--batch", "--jwks", "k"], ["verify", "--batch", "--issuer", "i"],
        ["verify", "--batch", "file"], ["verify", "a", "b", "--jwks", "k"], ["decode", "--nonsense"],
        ["token", "--format", "xml"], ["token", "--min-ttl=-1"], ["token", "--timeout", "0"], ["profiles", "extra"],
        ["token", "--socket", "/" + String(repeating: "x", count: 200)],
    ])
    func wrongUsageIsSaidToPeople(arguments: [String]) async throws {
        let run = try await CommandRun(arguments, input: Data())
        #expect(run.exitCode == 64, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("iam-broker: "))
    }

    @Test(arguments: [["decode"], ["verify", "--jwks", "k"], ["decode", "file"], ["token", "--profile", "p"]])
    func aTokenAmongTheArgumentsIsNotRepeated(arguments: [String]) async throws {
        let token = try Fixture.token("iam_tokens_identity_v1.json")
        let run = try await CommandRun(arguments + [token], input: Data())
        #expect(run.exitCode == 64 || run.exitCode == 65)
        #expect(run.output.isEmpty)
        #expect(!run.errors.contains("eyJ"))
    }

    @Test func helpAndVersionAreData() async throws {
        let version = try await CommandRun("--version")
        #expect(version.exitCode == 0)
        #expect(version.output == "0.1.0\n")
        for arguments in [["--help"], ["verify", "--help"], ["help", "token"]] {
            let run = try await CommandRun(arguments, input: Data())
            #expect(run.exitCode == 0)
            #expect(run.output.contains("USAGE: iam-broker"))
            #expect(run.errors.isEmpty)
        }
    }
}
