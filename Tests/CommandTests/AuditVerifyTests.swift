import AuditChain
import Foundation
import Testing

/// `iam-broker audit verify` on files of a log.
@Suite struct AuditVerifyTests {
    private static let names = ["\(ChainFileName(first: 1, last: 3))", "audit.jsonl"]

    /// Makes a log of five lines in two files.
    ///
    /// - Returns: its head.
    private func makeLog(in folder: URL, edit: (inout [String]) -> Void = { _ in }) throws -> ChainHead {
        var head = ChainHead.start
        var lines: [String] = []
        for number in 1...5 {
            var line = LineText(sequence: number, time: AuditTime(secondsSince1970: Double(number)), event: "test")
            line.add("number", number)
            let (bytes, next) = try line.finish(after: head.hash)
            lines.append(String(decoding: bytes, as: UTF8.self))
            head = next
        }
        edit(&lines)
        for (name, part) in zip(Self.names, [lines.prefix(3), lines.dropFirst(3)]) {
            try Data(part.map { $0 + "\n" }.joined().utf8).write(to: folder.appending(path: name))
        }
        return head
    }

    @Test func aLogThatNobodyTouchedIsValid() async throws {
        try await withScratchFolder { folder in
            let head = try makeLog(in: folder)
            let run = try await CommandRun("audit", "verify", folder.path(), "--expect-head", "\(head)")
            #expect(run.exitCode == 0)
            #expect(run.errors.isEmpty)
            #expect(
                run.output == """
                    valid: nothing was changed, removed or reordered
                    lines     5
                    seq       1 to 5
                    time      1970-01-01T00:00:01.000Z to 1970-01-01T00:00:05.000Z
                    head      \(head)

                    """
            )
            let json = try await CommandRun("audit", "verify", "--json", folder.path())
            let answer = try JSONDecoder().decode(Answer.self, from: Data(json.output.utf8))
            #expect(answer == Answer(valid: true, lines: 5, head: "\(head)", faults: []))
        }
    }

    private struct Answer: Decodable, Equatable {
        struct Fault: Decodable, Equatable {
            var code: String
            var file: String?
            var line: Int?
        }

        var valid: Bool
        var lines: Int
        var head: String
        var faults: [Fault]
    }

    @Test func aChangedLineIsNamedWithItsFile() async throws {
        try await withScratchFolder { folder in
            let head = try makeLog(in: folder) { $0[2] = $0[2].replacing("test", with: "tess") }
            let run = try await CommandRun("audit", "verify", folder.path())
            #expect(run.exitCode == 1)
            #expect(run.output.hasPrefix("\(folder.path())/audit.jsonl:1: expected prev "))
            #expect(run.output.contains("NOT VALID: 1 found"))
            let json = try await CommandRun("audit", "verify", "--json", folder.path())
            #expect(json.exitCode == 1)
            let answer = try JSONDecoder().decode(Answer.self, from: Data(json.output.utf8))
            let fault = Answer.Fault(code: "changed", file: "\(folder.path())/audit.jsonl", line: 1)
            #expect(answer == Answer(valid: false, lines: 5, head: "\(head)", faults: [fault]))
        }
    }

    @Test func aFileThatIsMissingIsFound() async throws {
        try await withScratchFolder { folder in
            let head = try makeLog(in: folder)
            let files = Self.names.map { folder.appending(path: $0).path() }
            #expect(try await CommandRun(["audit", "verify"] + files, input: Data()).exitCode == 0)
            // A file by itself is what was asked for; a folder should hold everything.
            #expect(try await CommandRun("audit", "verify", files[1]).exitCode == 0)
            let cut = try await CommandRun("audit", "verify", files[0], "--expect-head", "\(head)")
            #expect(cut.exitCode == 1)
            #expect(cut.output.hasPrefix("expected a line with seq 5, found seq 1 to 3: lines were cut off\n"))
            try FileManager.default.removeItem(atPath: files[0])
            let rest = try await CommandRun("audit", "verify", folder.path())
            #expect(rest.exitCode == 1)
            #expect(rest.output.hasPrefix("the lines before seq 4 are missing"))
        }
    }

    @Test func longLinesAndManyFaultsAreBounded() async throws {
        try await withScratchFolder { folder in
            _ = try makeLog(in: folder) { lines in
                lines[3] = String(repeating: "\u{1B}", count: 1_000_000)
                let line = lines[4]
                lines += Array(repeating: line, count: 500)
            }
            let run = try await CommandRun("audit", "verify", folder.path())
            #expect(run.exitCode == 1)
            #expect(run.output.contains("it is longer than 65536 bytes"))
            #expect(run.output.contains("... and 401 more\n"))
            #expect(!run.output.contains("\u{1B}"))
        }
    }

    @Test func anUnfinishedEndIsSaid() async throws {
        try await withScratchFolder { folder in
            _ = try makeLog(in: folder)
            let file = folder.appending(path: "audit.jsonl")
            try (try Data(contentsOf: file) + Data(#"{"seq":6,"#.utf8)).write(to: file)
            let run = try await CommandRun("audit", "verify", folder.path())
            #expect(run.exitCode == 0)
            #expect(run.output.contains("note: 9 bytes at the end are no line"))
        }
    }

    @Test func whatCannotBeReadIsBadInput() async throws {
        try await withScratchFolder { folder in
            for path in [folder.path(), folder.path() + "/none"] {
                let run = try await CommandRun("audit", "verify", path)
                #expect(run.exitCode == 65)
                #expect(run.output.isEmpty)
                #expect(run.errors.hasPrefix("iam-broker: "))
            }
        }
    }

    @Test(arguments: [["audit"], ["audit", "verify", "--expect-head", "5"], ["audit", "verify", "--expect-head", ""]])
    func wrongUsageIsSaid(arguments: [String]) async throws {
        let run = try await CommandRun(arguments, input: Data())
        #expect(run.exitCode == 64)
        #expect(run.output.isEmpty)
    }
}
