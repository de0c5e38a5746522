internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import NIOHTTP1

/// `iam-broker lock`: nobody gets tokens until they are unlocked.
struct LockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Wipe the token of a trusted profile, or of all, and give nobody another until it is unlocked.",
        discussion: """
            The lock holds at once and survives a restart of the daemon. Without a name it is the lock of all profiles, \
            also of those that are configured later. Tokens that were handed out before stay valid until they expire.
            """
    )

    @Argument(help: "The name of the trusted profile; all without it.")
    var profile: String?

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func run() async throws {
        let query = profile.map { [(name: "profile", value: $0)] } ?? []
        let client = socket.client
        let answer = try await client.send(.POST, BrokerPath.lock, query: query)
        let (locks, text) = try client.read(answer, as: LocksResponse.self)
        let done = profile.map { "locked \(TerminalText.escaping($0))" } ?? "locked all profiles"
        try StandardOutput.write(json ? text + "\n" : "\(done)\n\(LockTable(locks, now: .now).text)")
    }
}
