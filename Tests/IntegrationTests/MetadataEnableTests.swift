import CloudSimulator
import Foundation
import JOSE
import Testing

/// `iam-broker metadata enable` with a token of the daemon's, at the VPC API of the simulated cloud.
@Suite(.timeLimit(.minutes(1)))
struct MetadataEnableTests {
    @Test func theServiceIsEnabledWithATokenOfTheBroker() async throws {
        try await World.run { world in
            // The daemon has its token before the service is off.
            try world.expectToken(try await world.ask())
            world.cloud.setMetadataService(MetadataService(isEnabled: false))
            let options = ["--protocol", "https", "--hop-limit", "2"]
            let dry = try await enable(world, options)
            #expect(dry.exitCode == 1)
            #expect(world.cloud.instance.metadataService == MetadataService(isEnabled: false))

            let run = try await enable(world, options + ["--yes", "--json"])
            #expect(run.exitCode == 0, "\(run.errors)")
            let report = try JSONDocument(parsing: Array(run.output.utf8)).root
            let before = #"{"enabled":false,"protocol":"http","response_hop_limit":1}"#
            let after = #"{"enabled":true,"protocol":"https","response_hop_limit":2}"#
            #expect(report["before"]?.text == before)
            #expect(report["after"]?.text == after)
            #expect(report["restart_needed"]?.bool == true)
            let service = MetadataService(isEnabled: true, accessProtocol: .https, responseHopLimit: 2)
            #expect(world.cloud.instance.metadataService == service)

            let again = try await enable(world, options + ["--yes"])
            #expect(again.exitCode == 0)
            #expect(again.output.hasPrefix("nothing to change"))
        }
    }

    @Test(arguments: [(401, 69), (403, 77), (404, 1), (503, 69)])
    func aRefusalOfTheAPIIsTold(status: Int, exitCode: Int32) async throws {
        try await World.run { world in
            world.cloud.set(.status(status), for: .vpc)
            let run = try await enable(world, ["--yes"])
            #expect(run.exitCode == exitCode)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("answered with status \(status)"))
        }
    }

    @Test func anotherInstanceIsNotFound() async throws {
        try await World.run { world in
            let run = try await enable(world, ["--yes"], instance: "0717_other")
            #expect(run.exitCode == 1)
            #expect(run.errors.contains("there is no instance with this ID"))
        }
    }

    private func enable(_ world: World, _ options: [String], instance: String? = nil) async throws -> ProgramRun {
        let id = instance ?? world.cloud.instance.id
        let fixed = ["--instance", id, "--region", "us-south", "--profile", "reports", "--url", world.url]
        return try await Program.command.run(["metadata", "enable"] + fixed + ["--socket", world.workload] + options)
    }
}
