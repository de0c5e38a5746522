internal import ArgumentParser
internal import FoundationEssentials

/// Load on one server.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Ask a server on a Unix socket for the same thing over and over; every answer must be 200."
    )

    @Option(help: "The server's socket.")
    var socket: String

    @Option(help: "A file with the bytes of one HTTP/1.1 request.")
    var request: String?

    @Option(help: "A path to GET.")
    var path: String?

    @Option(help: "Connections, each with one request on its way.")
    var connections = 32

    @Option(help: "How long to measure, in seconds.")
    var seconds = 5.0

    @Option(help: "How long to ask before measuring, in seconds.")
    var warmup = 1.0

    @Option(help: "The processor to run on.")
    var cpu = 1

    @Option(help: "The server's process, to report its CPU time.")
    var pid: Int?

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        guard (request == nil) != (path == nil) else { throw ValidationError("give either --request or --path") }
        guard (1...4_096).contains(connections) else { throw ValidationError("--connections must be from 1 to 4096") }
        guard (0.1...3_600).contains(seconds), (0...3_600).contains(warmup) else {
            throw ValidationError("--seconds and --warmup must be at most 3600")
        }
    }

    func run() throws {
        let bytes: [UInt8] =
            if let request { Array(try Data(contentsOf: URL(filePath: request))) } else { LoadClient.get(path ?? "/") }
        try Processor.pin(to: cpu)
        var client = LoadClient(socket: socket, request: bytes)
        client.connections = connections
        (client.seconds, client.warmup) = (seconds, warmup)
        client.server = pid.map(ProcessFigures.init)
        let report = try client.run()
        print(json ? try Report.json(report) : report.description)
        if report.errors > 0 { throw ExitCode.failure }
    }
}
