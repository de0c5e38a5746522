import CloudSimulator
import Foundation
import JOSE
import Testing

/// `iam-broker doctor` against the built daemon and the simulator.
@Suite(.timeLimit(.minutes(1)))
struct DoctorTests {
    private func doctor(_ world: World, _ arguments: [String] = []) async throws -> (ProgramRun, [String: JSONValue]) {
        let run = try await Program.command.run(["doctor", "--json", "--socket", world.admin] + arguments)
        let document = try JSONDocument(parsing: Array(run.output.utf8))
        let findings = try #require(document.root["findings"]?.array)
        let pairs = try findings.map { finding in
            let check = try #require(finding["check"]?.string)
            return (finding["subject"]?.string.map { "\(check) \($0)" } ?? check, finding)
        }
        return (run, Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
    }

    private func state(_ check: String, _ findings: [String: JSONValue]) -> String? {
        findings[check]?["state"]?.string
    }

    @Test func whatWorksIsSaidToWork() async throws {
        try await World.run { world in
            let (_, findings) = try await doctor(world)
            for check in ["daemon", "metadata_service", "iam", "clock", "profile reports", "policy", "audit_log"] {
                #expect(state(check, findings) == "ok", "\(check)")
            }
        }
    }

    @Test func threeFaultsAreToldWithTheirRepairs() async throws {
        try await World.run { world in
            // The metadata service says so with its own code (reference: IBM API, section 2.4).
            world.cloud.set(.status(403), for: .identityToken)
            world.cloud.set(.status(503), for: .keys)
            let run = try await Program.run(
                URL(filePath: "/usr/bin/env"),
                [
                    "IBMCLOUD_API_KEY=s3cr3t-value", Program.command.url().path(), "doctor", "--json", "--socket",
                    world.admin,
                ]
            )
            #expect(run.exitCode == 1)
            #expect(!run.output.contains("s3cr3t-value"))
            let document = try JSONDocument(parsing: Array(run.output.utf8))
            #expect(document.root["healthy"]?.bool == false)
            let faults = try #require(document.root["findings"]?.array).filter { $0["state"]?.string == "fault" }
            func repair(_ check: String) -> String? { faults.first { $0["check"]?.string == check }?["repair"]?.string }
            #expect(repair("metadata_service") == "ibmcloud is instance-update <ID> --metadata-service true")
            #expect(repair("iam")?.hasPrefix("curl --verbose ") == true)
            #expect(repair("credentials") == "unset IBMCLOUD_API_KEY")
        }
    }

    @Test func withoutADaemonWhatOnlyItCanTellIsUnknown() async throws {
        let folder = try ScratchFolder()
        let socket = folder.path("admin.sock")
        let run = try await Program.command.run(["doctor", "--socket", socket])
        #expect(run.exitCode == 1)
        #expect(run.output.contains("FAULT  daemon"))
        // Lines are broken at blanks.
        let words = run.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        #expect(words.contains("no answer from the broker at \(socket)"))
        #expect(run.output.contains("?      iam"))
        #expect(run.output.contains("faults: "))
    }
}
