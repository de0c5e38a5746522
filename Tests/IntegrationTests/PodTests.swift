import Foundation
import Testing

/// A daemon in a pod, in a control group namespace of its own, as container runtimes start it.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct PodTests {
    private static let broker = "0a0f2c3e-1d5b-4c77-9a10-0123456789ab"
    private static let granted = "1a0f2c3e-1d5b-4c77-9a10-0123456789ab"
    private static let other = "2a0f2c3e-1d5b-4c77-9a10-0123456789ab"

    @Test func aDaemonInAPodTellsPodsApartNeedsRoot() async throws {
        let own = try PodGroup(Self.broker, quality: "burstable")
        let pods = [
            try PodGroup(Self.granted, quality: "burstable"), try PodGroup(Self.other, quality: "burstable"),
            try PodGroup(Self.other, quality: "besteffort"),
        ]
        // It is in the place of the granted one, seen from the container that may make groups.
        let forged = try PodGroup(Self.granted, quality: "burstable", in: pods[1].path)
        let setup = try Self.setup(own, control: true)
        try await World.run(setup) { world in
            let run = try await ask(world, in: pods[0].entering)
            #expect(run.exitCode == 0, "\(run.errors)")
            for place in [pods[1].entering, pods[2].entering, forged.entering, own.entering, []] {
                let run = try await ask(world, in: place)
                #expect(run.exitCode == 77, "\(run.errors)")
            }
        }
    }

    /// Without the machine's control groups nothing is known of a pod, and that is no pod that a grant could name.
    @Test func withoutTheMachinesControlGroupsNoPodIsKnownNeedsRoot() async throws {
        let own = try PodGroup(Self.broker, quality: "burstable")
        let granted = try PodGroup(Self.granted, quality: "burstable")
        try await World.run(try Self.setup(own, control: false)) { world in
            let run = try await ask(world, in: granted.entering)
            #expect(run.exitCode == 77, "\(run.errors)")
        }
    }

    private static func setup(_ own: PodGroup, control: Bool) throws -> Setup {
        var setup = Setup()
        // What a container has of it: the machine's where a volume puts them, and its own.
        let machine = "/mnt"
        let script = #"mount --bind "$0" \#(machine); mount -t cgroup2 none /sys/fs/cgroup; exec "$@""#
        let root = try PodGroup.root
        let namespaces = ["/usr/bin/unshare", "--cgroup", "--mount", "/bin/sh", "-ec", script, root]
        setup.before = own.entering + namespaces
        setup.user = "54321"
        setup.attestation = control ? "{ control_groups: \(machine) }" : nil
        setup.policy = """
            version: 1
            grants:
              - { name: pod, profiles: [reports], workloads: [ { pod: \(granted), uid: 0 } ] }

            """
        return setup
    }

    private func ask(_ world: World, in place: [String]) async throws -> ProgramRun {
        let command =
            place + [try Program.command.url().path(), "token", "--profile", "reports", "--socket", world.workload]
        return try await Program.run(URL(filePath: command[0]), Array(command.dropFirst()))
    }
}
