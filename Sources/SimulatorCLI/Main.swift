internal import ArgumentParser

/// Plays the IBM Cloud APIs on loopback.
@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ibm-cloud-simulator",
        abstract: "Plays the IBM Cloud APIs that a VPC instance talks to, on loopback, with faults on request.",
        discussion: """
            VPC Identity, VPC Metadata and the IAM token API are served on one port of 127.0.0.1. GET /simulator says
            which faults can be switched on while it runs.
            """,
        subcommands: [ServeCommand.self, RunCommand.self]
    )
}
