import Foundation
import Testing

/// `iam-broker rotation next` through the front door.
@Suite(.timeLimit(.minutes(1))) struct RotationNextTests {
    private func run(_ arguments: String..., input: String = "") async throws -> ProgramRun {
        try await Program.command.run(["rotation", "next"] + arguments, input: input)
    }

    @Test func timesArePrintedForPeopleAndPrograms() async throws {
        let question = ["--expression", "30 2 * * *", "--zone", "Europe/Berlin", "--from", "1774700000", "-n", "2"]
        let people = try await Program.command.run(["rotation", "next"] + question)
        #expect(people.output == "2026-03-29T03:00:00+02:00\n2026-03-30T02:30:00+02:00\n")
        let program = try await Program.command.run(["rotation", "next"] + question + ["--json"])
        #expect(program.output == #"{"next":[1774746000,1774830600]}"# + "\n")
    }

    @Test(arguments: [
        (["--expression", "61 * * * *"], Int32(65), "the minute field has '61'"),
        (["--expression", "@daily", "--zone", "EST"], 65, "'EST' is no time zone"),
        (["--expression", "@daily", "--zone", "Europe/Nowhere"], 65, "is no time zone"),
        (["--expression", "@daily", "--from", "99999999999999"], 65, "within the years"),
        (["--expression", "@daily", "-n", "0"], 64, "-n must be 1 to 10000"), ([], 64, "give an --expression"),
        (["--batch", "--expression", "@daily"], 64, "give an --expression"),
    ])
    func whatIsWrongHasItsExitCode(arguments: [String], exitCode: Int32, message: String) async throws {
        let run = try await Program.command.run(["rotation", "next"] + arguments)
        #expect(run.exitCode == exitCode && run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test func eachLineOfABatchHasItsAnswer() async throws {
        let lines = [
            #"{"id":1,"expression":"@daily","zone":"UTC","from":0,"count":2}"#, "",
            #"{"id":"x","expression":"* *","zone":"UTC","from":0,"count":1}"#,
            #"{"id":null,"expression":"@daily","zone":"UTC","from":"0","count":1}"#, "no JSON",
            #"{"id":2,"expression":"@daily","zone":"UTC","from":0,"count":0}"#,
            #"{"id":3,"expression":"\#(String(repeating: "1,", count: 40_000))","zone":"UTC","from":0,"count":1}"#,
            #"{"id":[4],"expression":"0 0 1 1 *","zone":"UTC","from":-1,"count":1}"#,
        ]
        let run = try await run("--batch", input: lines.joined(separator: "\n"))
        #expect(run.exitCode == 0)
        #expect(
            run.output.split(separator: "\n") == [
                #"{"id":1,"next":[86400,172800]}"#,
                #"{"id":"x","error":"it has 2 fields, and needs 5: minute, hour, day of month, month, day of week"}"#,
                #"{"id":null,"error":"expression and zone must be texts, from and count whole numbers"}"#,
                #"{"id":null,"error":"the line is no JSON object of at most 64 KiB"}"#,
                #"{"id":2,"error":"the count must be 1 to 10000"}"#,
                #"{"id":null,"error":"the line is no JSON object of at most 64 KiB"}"#,
                #"{"id":[4],"next":[0]}"#,
            ]
        )
    }
}
