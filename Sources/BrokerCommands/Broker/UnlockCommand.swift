internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import NIOHTTP1

/// `iam-broker unlock`: takes a lock back.
struct UnlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Take back a lock: that of a trusted profile, or that of all.",
        discussion: """
            It undoes the lock command with the same name, or the one without a name, and no other: profiles that were \
            locked by name stay locked until they are unlocked by name. While all are locked, none can be unlocked alone.
            """
    )

    @Argument(help: "The name of the trusted profile; the lock of all without it.")
    var profile: String?

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func run() async throws {
        let query = profile.map { [(name: "profile", value: $0)] } ?? []
        let client = socket.client
        let answer = try await client.send(.POST, BrokerPath.unlock, query: query)
        let (locks, text) = try client.read(answer, as: LocksResponse.self)
        try StandardOutput.write(json ? text + "\n" : "\(done(locks))\n\(LockTable(locks, now: .now).text)")
    }

    private func done(_ locks: LocksResponse) -> String {
        if let profile { return "unlocked \(TerminalText.escaping(profile))" }
        return locks.profiles.isEmpty
            ? "unlocked all profiles"
            : "took back the lock of all profiles; those locked by name stay locked until they are unlocked by name"
    }
}
