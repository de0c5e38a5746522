internal import ArgumentParser

/// A small policy beside a large one: two brokers under the same load in the same minute.
struct PolicySizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy-size",
        abstract: "Compare a broker that has a few grants with one that has many.",
        discussion: """
            Both must run on processor 0 already; the load comes from processor 1. Rounds alternate, and medians are \
            reported: for requests on kept connections, and for one request on each connection, which includes attestation \
            and the decision.
            """
    )

    @Option(help: "The workload socket of the broker with a few grants.")
    var smallSocket: String

    @Option(help: "Its process.")
    var smallPid: Int

    @Option(help: "The workload socket of the broker with many grants.")
    var largeSocket: String

    @Option(help: "Its process.")
    var largePid: Int

    @Option(help: "What to ask for.")
    var path = "/v1/token?profile=reports"

    @Option(help: "Rounds for each broker and kind of load.")
    var rounds = 5

    @Option(help: "How long a round is, in seconds.")
    var seconds = 1.0

    @Option(help: "Connections, each with one request on its way.")
    var connections = 32

    func validate() throws {
        guard (1...1_000).contains(rounds), (0.1...600).contains(seconds), (1...200).contains(connections) else {
            throw ValidationError("--rounds, --seconds or --connections is out of range")
        }
    }

    func run() throws {
        try Processor.pin(to: 1)
        let kept = try compare(reconnecting: false)
        let fresh = try compare(reconnecting: true)
        print(
            Report.table([
                ["", "few grants", "many grants", "many/few"],
                Self.row("kept connections, requests/s", kept, 0, \.requestsPerSecond),
                Self.row("  server CPU, µs per request", kept, 2, \.cpuPerRequest),
                Self.row("a connection each, requests/s", fresh, 0, \.requestsPerSecond),
                Self.row("  server CPU, µs per request", fresh, 2, \.cpuPerRequest),
            ])
        )
        let errors = [kept, fresh].map { $0.small.errors + $0.large.errors }.reduce(0, +)
        if errors > 0 { throw BenchmarkError("\(errors) requests failed") }
    }

    private typealias Sides = (small: ServeComparison.Side, large: ServeComparison.Side)

    private func compare(reconnecting: Bool) throws(BenchmarkError) -> Sides {
        let small = client(smallSocket, smallPid, reconnecting)
        let large = client(largeSocket, largePid, reconnecting)
        var reports: (small: [LoadReport], large: [LoadReport]) = ([], [])
        for _ in 0..<rounds {
            reports.small.append(try small.run())
            reports.large.append(try large.run())
        }
        return (ServeComparison.Side(reports.small), ServeComparison.Side(reports.large))
    }

    private func client(_ socket: String, _ pid: Int, _ reconnecting: Bool) -> LoadClient {
        var client = LoadClient(socket: socket, request: LoadClient.get(path), connections: connections)
        (client.seconds, client.warmup, client.isReconnecting) = (seconds, 0.3, reconnecting)
        client.server = ProcessFigures(pid: pid)
        return client
    }

    private static func row(
        _ name: String,
        _ sides: Sides,
        _ digits: Int,
        _ value: KeyPath<ServeComparison.Side, Double>
    ) -> [String] {
        let (small, large) = (sides.small[keyPath: value], sides.large[keyPath: value])
        return [name, small.fixed(digits), large.fixed(digits), small > 0 ? (large / small).fixed(3) : "-"]
    }
}
