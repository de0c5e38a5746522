internal import ArgumentParser
internal import FleetSimulation
internal import FoundationEssentials
internal import Glibc

/// Plays fleets in virtual time, and draws what they do to IAM and to etcd.
@main struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet-simulation",
        abstract: "Play fleets of brokers in virtual time, and draw their load.",
        discussion: """
            All nodes boot at once; after three hours IAM is out for half an hour. The schedule, the back-off and the breaker are those of the \
            daemon, and so is the state machine of rotations; IAM and etcd are modelled. The same seed gives the same files, byte by byte.
            """
    )

    @Option(help: "How many nodes; several with commas.")
    var nodes = "1,100,10000,100000"

    @Option(help: "What the random numbers begin with.")
    var seed: UInt64 = 1

    @Option(help: "The folder for the charts of the largest fleet; without it none are drawn.")
    var charts: String?

    @Option(help: "Calls a second that IAM takes of the whole fleet.")
    var limit = 2_000.0

    @Option(help: "What a 429 of IAM says in Retry-After, in seconds; 0 for nothing.")
    var retryAfter = 30.0

    @Option(help: "How long IAM is out, in minutes; 0 for not at all.")
    var outage = 30.0

    @Option(help: "How long a fleet is watched, in hours.")
    var hours = 6.0

    @Flag(help: "Leave out the rotation of a key.")
    var withoutRotation = false

    func validate() throws {
        let counts = try counts
        guard !counts.isEmpty, counts.allSatisfy({ (1...1_000_000).contains($0) }) else {
            throw ValidationError("--nodes takes numbers from 1 to 1000000")
        }
        guard (1...1e9).contains(limit), (0...3_600).contains(retryAfter), (0...600).contains(outage),
            (1...48).contains(hours)
        else { throw ValidationError("--limit, --retry-after, --outage or --hours is out of range") }
    }

    private var counts: [Int] {
        get throws {
            try nodes.split(separator: ",")
                .map { text in
                    guard let count = Int(text) else { throw ValidationError("--nodes: '\(text)' is no number") }
                    return count
                }
        }
    }

    func run() throws {
        var table = FleetTable()
        var times: [String] = []
        var rotations = RotationTable()
        let counts = try counts
        for count in counts {
            var scenario = FleetScenario(nodes: count)
            (scenario.seed, scenario.iamCallsPerSecond, scenario.length) = (seed, limit, hours * 3_600)
            scenario.retryAfter = retryAfter > 0 ? retryAfter : nil
            scenario.outage = 10_800..<10_800 + outage * 60
            let start = clock()
            var run = try FleetRun(scenario)
            let record = run.play()
            table.add(scenario, record)
            times.append("\(count) nodes: \(Self.seconds(since: start)) s of CPU")
            if let charts, count == counts.max() {
                try Self.write(FleetCharts.calls(record, scenario), "fleet-calls.svg", charts)
                try Self.write(FleetCharts.tokens(record, scenario), "fleet-tokens.svg", charts)
                try Self.write(FleetCharts.refusals(record, scenario), "fleet-refusals.svg", charts)
            }
            guard !withoutRotation else { continue }
            var rotation = RotationScenario(nodes: count)
            rotation.seed = seed
            var rotationRun = try RotationRun(rotation)
            let rotationRecord = rotationRun.play()
            rotations.add(rotation, rotationRecord)
            if let charts, count == counts.max() {
                try Self.write(
                    FleetCharts.acknowledgements(rotationRecord, rotation),
                    "fleet-acknowledgements.svg",
                    charts
                )
            }
        }
        print(table.markdown)
        if !withoutRotation { print("\n" + rotations.markdown) }
        print("\n" + times.joined(separator: "; "))
    }

    private static func seconds(since start: clock_t) -> String {
        (Double(clock() - start) / Double(CLOCKS_PER_SEC)).hundredths
    }

    private static func write(_ chart: Chart, _ name: String, _ folder: String) throws {
        try Data(chart.svg.utf8).write(to: URL(filePath: folder).appending(path: name))
    }
}
