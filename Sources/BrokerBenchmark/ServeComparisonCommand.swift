internal import ArgumentParser

/// The broker beside nginx: the same machine, the same minute, the same number of bytes.
struct ServeComparisonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-comparison",
        abstract: "Compare how fast the broker hands over a token with nginx and a fixed answer of the same length.",
        discussion: """
            The broker must run on processor 0 already (taskset -c 0 iam-brokerd …); nginx is started there, and the load \
            comes from processor 1. Rounds alternate, and medians are reported.
            """
    )

    @Option(help: "The broker's workload socket.")
    var brokerSocket: String

    @Option(help: "The broker's process.")
    var brokerPid: Int

    @Option(help: "What to ask for.")
    var path = "/v1/token?profile=reports"

    @Option(help: "Rounds for each server.")
    var rounds = 5

    @Option(help: "How long a round is, in seconds.")
    var seconds = 2.0

    @Option(help: "Connections, each with one request on its way.")
    var connections = 32

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        guard (1...1_000).contains(rounds), (0.1...600).contains(seconds), (1...4_096).contains(connections) else {
            throw ValidationError("--rounds, --seconds or --connections is out of range")
        }
    }

    func run() throws {
        let figures = ProcessFigures(pid: brokerPid)
        // Before any load, or it would not be idle memory.
        let (rss, anonymous) = (try figures.status("VmRSS"), try figures.status("RssAnon"))
        let processors = try figures.status("Cpus_allowed_list")
        let request = LoadClient.get(path)
        var broker = LoadClient(socket: brokerSocket, request: request, connections: connections, seconds: seconds)
        (broker.warmup, broker.server) = (0.5, figures)
        let size = try broker.sizeOfOneResponse()

        try Processor.pin(to: 0)
        let nginx = try NginxServer.start(answering: size, to: request)
        let reports: (broker: [LoadReport], nginx: [LoadReport])
        do throws(BenchmarkError) {
            try Processor.pin(to: 1)
            var other = broker
            (other.socket, other.server) = (nginx.socket, try nginx.worker())
            reports = try alternate(broker, other)
        } catch {
            try nginx.stop()
            throw error
        }
        try nginx.stop()
        let comparison = ServeComparison(
            broker: .init(reports.broker),
            nginx: .init(reports.nginx),
            bytesPerResponse: size,
            brokerIdleRSS: rss,
            brokerIdleAnonymous: anonymous,
            brokerProcessors: processors
        )
        print(json ? try Report.json(comparison) : comparison.description)
        if comparison.broker.errors + comparison.nginx.errors > 0 { throw ExitCode.failure }
    }

    private func alternate(
        _ first: LoadClient,
        _ second: LoadClient
    ) throws(BenchmarkError) -> (broker: [LoadReport], nginx: [LoadReport]) {
        var reports: (broker: [LoadReport], nginx: [LoadReport]) = ([], [])
        for _ in 0..<rounds {
            reports.broker.append(try first.run())
            reports.nginx.append(try second.run())
        }
        return reports
    }
}
