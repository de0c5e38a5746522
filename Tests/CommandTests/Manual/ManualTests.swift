import Foundation
import Testing

/// Manual pages, read by the tools that people read them with.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ManualTests {
    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "100"]

    /// Calls `body` with a folder that has the pages of `program`.
    private func withPages(of program: DescribedProgram, _ body: (URL) async throws -> Void) async throws {
        let section = program.executable.lastPathComponent == "iam-broker" ? "1" : "8"
        try await withScratchFolder { folder in
            let run = try await CommandRun("generate-manual", "--section", section, folder.path(), input: program.dump)
            #expect(run.exitCode == 0, "\(run.errors)")
            try await body(folder)
        }
    }

    private func pages(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
            .map { folder.appending(path: $0).path() }
    }

    private func run(_ tool: String, _ arguments: [String]) async throws -> CommandRun {
        try await CommandRun(program: URL(filePath: tool), arguments, environment: Self.environment)
    }

    @Test(arguments: ["iam-broker", "iam-brokerd"])
    func everyCommandHasAPageAndEveryPageACommand(name: String) async throws {
        let program = try await DescribedProgram(name)
        try await withPages(of: program) { folder in
            let section = name == "iam-broker" ? "1" : "8"
            let expected = program.commands.map { "\($0.words.joined(separator: "-")).\(section)" }
            let names = try pages(in: folder).map { URL(filePath: $0).lastPathComponent }
            #expect(names == expected.sorted())
        }
    }

    @Test(arguments: ["iam-broker", "iam-brokerd"])
    func noReaderWarnsOfAPage(name: String) async throws {
        let program = try await DescribedProgram(name)
        try await withPages(of: program) { folder in
            let pages = try pages(in: folder)
            // Pages have no date: it would say nothing, and they could not be made again as they are.
            let mandoc = try await run("/usr/bin/mandoc", ["-Tlint", "-Wall"] + pages)
            let complaints = (mandoc.output + mandoc.errors).split(separator: "\n")
                .filter { !$0.hasSuffix("WARNING: missing date, using \"\": TH") }
            #expect(complaints.isEmpty, "\(complaints)")
            let man = try await run("/usr/bin/man", ["--warnings", "-l"] + pages)
            #expect(man.exitCode == 0)
            #expect(man.errors.isEmpty, "\(man.errors)")
            let groff = try await run("/usr/bin/groff", ["-man", "-ww", "-Tutf8", "-z"] + pages)
            #expect(groff.exitCode == 0)
            #expect(groff.errors.isEmpty, "\(groff.errors)")
        }
    }

    /// What `--help` says is written by the argument parser, and by none of our code.
    @Test(arguments: ["iam-broker", "iam-brokerd"])
    func aPageHasEachCommandAndOptionThatHelpHas(name: String) async throws {
        let program = try await DescribedProgram(name)
        let section = name == "iam-broker" ? "1" : "8"
        try await withPages(of: program) { folder in
            for command in program.commands {
                let page = folder.appending(path: "\(command.words.joined(separator: "-")).\(section)").path()
                let man = try await run("/usr/bin/man", ["-l", page])
                let lines = man.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                let help = try await program.help(for: command.words)
                let terms = help.split(separator: "\n").compactMap { Self.term($0) }
                #expect(!terms.isEmpty, "\(command)")
                for term in terms {
                    let isThere = lines.contains { $0 == term || $0.hasPrefix(term + " ") }
                    #expect(isThere, "\(term) is not in the page of \(command)")
                }
            }
        }
    }

    /// The names of the option, or the subcommand, that a line of help describes.
    private static func term(_ line: Substring) -> String? {
        // Two columns: names are indented by two, and what is written about them by much more.
        guard line.hasPrefix("  "), !line.dropFirst(2).hasPrefix(" "), !line.hasPrefix("  <"), !line.hasPrefix("  See ")
        else { return nil }
        let name = line.dropFirst(2).prefix { $0 != "<" }.split(separator: "  ", maxSplits: 1)[0]
        return String(name).replacing(" (default)", with: "").trimmingCharacters(in: .whitespaces)
    }

    @Test func aPageTellsNothingOfTheMachineThatMadeIt() async throws {
        let program = try await DescribedProgram()
        try await withPages(of: program) { first in
            try await withPages(of: program) { second in
                for page in try pages(in: first) {
                    let name = URL(filePath: page).lastPathComponent
                    let text = try String(contentsOfFile: page, encoding: .utf8)
                    let again = try String(contentsOf: second.appending(path: name), encoding: .utf8)
                    #expect(again == text)
                    #expect(!text.contains(first.path()) && !text.contains(NSUserName() + "/"))
                    #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(name)")
                }
            }
        }
    }

    @Test(arguments: ["", "{}", "[", #"{"command":{}}"#])
    func whatDescribesNoProgramIsRefused(input: String) async throws {
        let run = try await CommandRun("generate-manual", "/nonexistent", input: input)
        #expect(run.exitCode == 65)
        #expect(run.errors.contains("standard input does not describe a program"))
    }

    @Test func aFolderThatIsNotThereIsSaid() async throws {
        let program = try await DescribedProgram()
        try await withScratchFolder { folder in
            let absent = folder.appending(path: "absent").path()
            let run = try await CommandRun("generate-manual", absent, input: program.dump)
            #expect(run.exitCode == 65)
            #expect(run.errors.contains(#"cannot write "\#(absent)/iam-broker.1""#))
        }
    }

    @Test func makeInstallPutsPagesAndCompletionInTheirPlacesForEverybodyToRead() async throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        try await withScratchFolder { folder in
            let built = CommandRun.executable.deletingLastPathComponent().path()
            // Of a careful root.
            let script = #"umask 077 && exec make -C "$1" install RELEASE="$2" DESTDIR="$3" PREFIX=/usr"#
            let make = try await run("/bin/sh", ["-c", script, "sh", package.path(), built, folder.path()])
            #expect(make.exitCode == 0, "\(make.errors)")
            let share = folder.appending(path: "usr/share").path()
            for (name, section) in [("iam-broker", 1), ("iam-brokerd", 8)] {
                for command in try await DescribedProgram(name).commands {
                    let page = "\(share)/man/man\(section)/\(command.words.joined(separator: "-")).\(section)"
                    #expect(FileManager.default.fileExists(atPath: page), "\(page)")
                }
            }
            let installed = folder.appending(path: "usr").path()
            for wrong in [["-not", "-perm", "-444"], ["-type", "d", "-not", "-perm", "755"], ["-perm", "/022"]] {
                let files = try await run("/usr/bin/find", [installed, "-not", "-type", "l"] + wrong)
                #expect(files.exitCode == 0 && files.output.isEmpty, "\(wrong): \(files.output)\(files.errors)")
            }
            // As a reader finds it.
            let found = try await run("/usr/bin/man", ["-M", share + "/man", "-w", "iam-broker-exec"])
            #expect(found.output == "\(share)/man/man1/iam-broker-exec.1\n", "\(found.errors)")
            for file in [
                "bash-completion/completions/iam-broker", "zsh/site-functions/_iam-broker",
                "fish/vendor_completions.d/iam-broker.fish",
            ] {
                let script = try String(contentsOfFile: "\(share)/\(file)", encoding: .utf8)
                #expect(script.contains("policy"))
            }
        }
    }
}
