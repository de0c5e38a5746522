import Foundation
import Testing

@Suite struct VerifyBatchTests {
    private struct Answer: Decodable, Equatable {
        var id: String
        var verdict: String
        var reason: String?
    }

    private func answers(_ lines: String) throws -> [Answer] {
        try lines.split(separator: "\n").map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    }

    @Test func verdictsAreThoseOfAnotherImplementation() async throws {
        try await withScratchFolder { folder in
            let (cases, expected) = (folder.appending(path: "cases"), folder.appending(path: "expected"))
            try await ReferencePython.mint(cases.path(), expected.path())
            let run = try await CommandRun(["verify", "--batch"], input: Data(contentsOf: cases))
            #expect(run.exitCode == 0)
            #expect(run.errors.isEmpty)
            let given = try answers(run.output)
            let wanted = try answers(String(contentsOf: expected, encoding: .utf8))
            #expect(wanted.count > 500)
            #expect(given.count == wanted.count)
            for (given, wanted) in zip(given, wanted) { #expect(given == wanted) }
        }
    }

    @Test func sampleTokensAreAcceptedForAsLongAsTheySay() async throws {
        let samples = [
            (token: "iam_tokens_identity_v1.json", keys: "identity_keys_jwks.json", life: 3_600),
            (token: "token_identity_v1.json", keys: "test_only_identity_token_jwks.json", life: 300),
        ]
        var lines = ""
        var expected = ""
        for sample in samples {
            let token = try Fixture.token(sample.token)
            let keys = try Fixture.text(sample.keys).replacing("\n", with: "")
            let other = try Fixture.text(samples[sample.life == 300 ? 0 : 1].keys).replacing("\n", with: "")
            let issued = 1_788_256_800
            for (at, keys, reason) in [
                (issued + 60, keys, "null"), (issued + sample.life - 1, keys, "null"),
                (issued + sample.life, keys, #""token has expired""#),
                (issued - 1, keys, #""token was issued in the future""#),
                (issued + 60, other, #""key ID is not in the key set""#),
            ] {
                lines += #"{"id":\#(at),"token":"\#(token)","jwks":\#(keys),"at":\#(at)}"# + "\n"
                let verdict = reason == "null" ? "accept" : "reject"
                expected += #"{"id":\#(at),"verdict":"\#(verdict)","reason":\#(reason)}"# + "\n"
            }
        }
        let run = try await CommandRun("verify", "--batch", input: lines)
        #expect(run.exitCode == 0)
        #expect(run.output == expected)
        #expect(run.errors.isEmpty)
    }

    @Test func badLinesAreAnsweredInTheirPlace() async throws {
        let long = #"{"id":"long","x":""# + String(repeating: "x", count: 1_100_000) + "\"}"
        let input = Data("\n{\"id\":7}\n\(long)\n".utf8) + Data([0xFF, 0x00, 0x0A]) + Data(#"{"id":"last"}"#.utf8)
        let run = try await CommandRun(["verify", "--batch"], input: input)
        #expect(run.exitCode == 0)
        let expected = ["null", "7", "null", "null", #""last""#]
            .map {
                #"{"id":\#($0),"verdict":"reject","reason":"malformed case"}"# + "\n"
            }
        #expect(run.output == expected.joined())
    }

    @Test func noLinesHaveNoAnswers() async throws {
        let run = try await CommandRun("verify", "--batch")
        #expect(run.exitCode == 0)
        #expect(run.output.isEmpty)
    }

    @Test func anAnswerComesBeforeTheNextCaseIsSent() throws {
        let process = CommandRun.process(["verify", "--batch"])
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        for id in 1...3 {
            try input.fileHandleForWriting.write(contentsOf: Data("{\"id\":\(id)}\n".utf8))
            let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            #expect(answer == #"{"id":\#(id),"verdict":"reject","reason":"malformed case"}"# + "\n")
        }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func aReaderThatGoesAwayEndsTheRunQuietly() async throws {
        try await withScratchFolder { folder in
            let errors = folder.appending(path: "errors")
            try Data().write(to: errors)
            let process = CommandRun.process(["verify", "--batch"])
            let output = Pipe()
            let input = folder.appending(path: "input")
            try Data(String(repeating: "x\n", count: 100_000).utf8).write(to: input)
            process.standardInput = try FileHandle(forReadingFrom: input)
            process.standardOutput = output
            process.standardError = try FileHandle(forWritingTo: errors)
            try output.fileHandleForReading.close()
            try await process.runToItsEnd()
            #expect(process.terminationReason == .exit)
            #expect(process.terminationStatus == 70)
            #expect(try String(contentsOf: errors, encoding: .utf8).isEmpty)
        }
    }
}
