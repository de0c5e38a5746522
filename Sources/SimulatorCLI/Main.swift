internal import ArgumentParser

/// Plays the IBM Cloud APIs on loopback.
@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ibm-cloud-simulator",
        abstract: "Plays the IBM Cloud APIs that a VPC instance talks to, on loopback, with faults on request.",
        discussion: """
            VPC Identity, VPC Metadata, the IAM token API and some calls of the services that take its tokens are served \
            on one port. GET /simulator says which faults can be switched on while it runs.
            """,
        subcommands: [ServeCommand.self, RunCommand.self]
    )
}
