internal import ArgumentParser

/// What a short-lived command costs.
struct ProcessCostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "process-cost",
        abstract: "Run a command over and over and report its CPU time."
    )

    @Option(help: "How often to run it.")
    var runs = 50

    @Flag(help: "Write JSON.")
    var json = false

    @Argument(parsing: .postTerminator, help: "The command, after --.")
    var command: [String]

    func validate() throws {
        guard (1...100_000).contains(runs) else { throw ValidationError("--runs must be from 1 to 100000") }
        guard !command.isEmpty else { throw ValidationError("give a command after --") }
    }

    func run() throws {
        var cpu: [Double] = []
        var elapsed: [Double] = []
        for _ in 0..<runs {
            let begin = MonotonicClock.now
            let ending = try ChildProcess.start(command, output: .discarded).wait()
            elapsed.append(Double(MonotonicClock.now - begin) / 1e6)
            guard ending.status == 0 else { throw BenchmarkError("\(command[0]) ended with status \(ending.status)") }
            cpu.append(ending.cpuSeconds * 1_000)
        }
        let report = ProcessCostReport(
            runs: runs,
            cpuMedian: cpu.median,
            cpuP90: cpu.percentile(0.9),
            elapsedMedian: elapsed.median,
            elapsedP90: elapsed.percentile(0.9)
        )
        print(json ? try Report.json(report) : report.description)
    }
}

/// What `process-cost` measured, in milliseconds.
private struct ProcessCostReport: Codable, CustomStringConvertible {
    let runs: Int
    let cpuMedian: Double
    let cpuP90: Double
    let elapsedMedian: Double
    let elapsedP90: Double

    var description: String {
        Report.table([
            ["\(runs) runs", "median", "p90"],
            ["user + system, ms", cpuMedian.fixed(2), cpuP90.fixed(2)],
            ["elapsed, ms", elapsedMedian.fixed(2), elapsedP90.fixed(2)],
        ])
    }
}
