internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import NIOHTTP1

/// `iam-broker rotation orphans`: keys that nobody uses.
struct RotationOrphansCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orphans",
        abstract: "List keys that carry the name of a plan and that it does not use, and delete them.",
        discussion: """
            A key that this machine's journal does not know may be in use on another machine with a plan of the same name; such \
            keys are deleted with --unknown only.
            """
    )

    @Flag(help: "Delete them.")
    var delete = false

    @Flag(help: "Delete also those that the journal does not know.")
    var unknown = false

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func validate() throws {
        if unknown, !delete { throw ValidationError("--unknown goes with --delete") }
    }

    func run() async throws {
        let client = socket.client
        var (answer, text) = try await client.get(BrokerPath.rotationOrphans, as: RotationOrphansResponse.self)
        if delete {
            for orphan in answer.orphans where orphan.isKnown || unknown {
                let query = [(name: "plan", value: orphan.plan), (name: "key", value: orphan.key)]
                _ = try await client.send(.DELETE, BrokerPath.rotationOrphans, query: query)
                StandardError.write("deleted \(orphan.key)")
            }
            (answer, text) = try await client.get(BrokerPath.rotationOrphans, as: RotationOrphansResponse.self)
        }
        try StandardOutput.write(json ? text + "\n" : Self.lines(answer).map { $0 + "\n" }.joined())
        if let failure = answer.failures.first {
            throw CommandFailure(.unavailable, "the keys of plan \(failure.plan) are not known: \(failure.message)")
        }
    }

    static func lines(_ answer: RotationOrphansResponse) -> [String] {
        guard !answer.orphans.isEmpty else { return answer.failures.isEmpty ? ["no orphans"] : [] }
        let rows = answer.orphans.map { orphan in
            [
                TerminalText.escaping(orphan.plan), TerminalText.escaping(orphan.key),
                orphan.createdAt.flatMap { TimeInWords.date(secondsSince1970: $0) } ?? "-",
                orphan.lastUse.flatMap { TimeInWords.date(secondsSince1970: $0) } ?? "-", orphan.isKnown ? "yes" : "no",
            ]
        }
        return TextTable.lines([["PLAN", "KEY", "MADE", "LAST USED", "KNOWN HERE"]] + rows)
    }
}
