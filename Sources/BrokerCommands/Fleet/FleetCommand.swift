internal import ArgumentParser

/// `iam-broker fleet`: machines that rotate keys together.
struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet",
        abstract: "Look at the nodes of the fleet, and take some out.",
        subcommands: [
            FleetStatusCommand.self, FleetDrainCommand.self, FleetUndrainCommand.self, FleetForgetCommand.self,
        ]
    )
}
