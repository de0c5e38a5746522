internal import ArgumentParser

/// Measures the broker: what its speed is compared with, and what it is measured by, runs in the same minute on the same machine.
@main struct BrokerBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker-benchmark",
        abstract: "Measure the broker.",
        subcommands: [
            LoadCommand.self, VerifyCommand.self, ServeComparisonCommand.self, PolicySizeCommand.self,
            ProcessCostCommand.self,
        ]
    )
}
