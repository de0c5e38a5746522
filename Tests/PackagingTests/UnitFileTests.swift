import BrokerAPI
import Foundation
import Testing

/// The units as systemd itself judges them.
@Suite struct UnitFileTests {
    /// 15 stands for 1.5.
    private static let threshold = "--threshold=15"

    @Test func theDaemonIsConfinedWellEnough() async throws {
        let run = try await Self.security(of: "iam-brokerd.service")
        #expect(run.exitCode == 0, "\(run.output)")
        #expect(run.output.contains("Overall exposure level for iam-brokerd.service: "))
    }

    /// The threshold is one that systemd-analyze looks at, and so is each line that takes a right away.
    @Test(arguments: ["PrivateMounts=yes", "CapabilityBoundingSet=", "SystemCallFilter=~@privileged @resources"])
    func oneLineLessIsTooMuch(_ line: String) async throws {
        let run = try await Self.security(of: "iam-brokerd.service") { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).filter { $0 != line }.joined(separator: "\n")
        }
        #expect(run.exitCode != 0, "\(run.output)")
    }

    @Test func systemdUnderstandsEveryLine() async throws {
        let run = try await Self.verify()
        #expect(run.output == "")
        #expect(run.exitCode == 0)
    }

    @Test func aLineThatSystemdDoesNotUnderstandIsFound() async throws {
        let run = try await Self.verify { $0.replacing("Type=notify\n", with: "Type=notify-soon\n") }
        #expect(run.output.contains("notify-soon") || run.output.contains("service type"), "\(run.output)")
    }

    @Test(arguments: ["executable", "unreadable-programs", "file-group", "file-owner", "private-network"])
    func systemdUnderstandsTheExample(_ name: String) async throws {
        let run = try await Self.verify(dropIn: name)
        #expect(run.output == "")
        #expect(run.exitCode == 0)
    }

    @Test func everyExampleIsTested() throws {
        let names = try UnitFile.names(in: UnitFile.folder.appending(path: "examples"), ending: ".conf")
        #expect(Set(names) == Set(Self.capabilities.map { "\($0.example).conf" }))
    }

    private static let capabilities: [(example: String, capabilities: String?)] = [
        ("executable", "CAP_SYS_PTRACE"), ("unreadable-programs", "CAP_DAC_READ_SEARCH"),
        ("file-owner", "CAP_CHOWN CAP_FOWNER CAP_DAC_READ_SEARCH"),
        ("file-group", nil), ("private-network", nil),
    ]

    @Test(arguments: capabilities)
    func anExampleGivesNothingButItsCapability(_ example: String, _ capabilities: String?) throws {
        let unit = try UnitFile("examples/\(example).conf")
        let given = capabilities.map { [$0] } ?? []
        #expect(unit.values("CapabilityBoundingSet") == given)
        #expect(unit.values("AmbientCapabilities") == given)
    }

    @Test func socketsAreWhereProgramsLookForThem() throws {
        #expect(try UnitFile("iam-brokerd-workload.socket").values("ListenStream") == [BrokerPath.workloadSocket])
        #expect(try UnitFile("iam-brokerd-admin.socket").values("ListenStream") == [BrokerPath.adminSocket])
    }

    @Test(arguments: ["workload", "admin", "metadata", "credentials"])
    func aSocketHasTheNameOfItsListener(_ name: String) throws {
        let unit = try UnitFile("iam-brokerd-\(name).socket")
        #expect(unit.values("FileDescriptorName") == [name])
        #expect(unit.values("Service") == ["iam-brokerd.service"])
    }

    @Test func workloadsAreLetInAndOthersOnlyWhereTheyBelong() throws {
        #expect(try UnitFile("iam-brokerd-workload.socket").values("SocketMode") == ["0666"])
        #expect(try UnitFile("iam-brokerd-admin.socket").values("SocketMode") == ["0660"])
        #expect(try UnitFile("iam-brokerd-credentials.socket").values("SocketMode") == ["0600"])
    }

    private static func security(
        of unit: String,
        changed: (String) -> String = { $0 }
    ) async throws -> SystemProgram {
        let folder = try ScratchFolder()
        defer { folder.discard() }
        let copy = folder.url.appending(path: unit)
        try changed(UnitFile(unit).text).write(to: copy, atomically: true, encoding: .utf8)
        return try await SystemProgram.run(
            "systemd-analyze",
            "security",
            "--offline=true",
            "--no-pager",
            Self.threshold,
            copy.path()
        )
    }

    /// Has systemd read all units, with the programs that were built in place of those that would be installed.
    private static func verify(
        dropIn: String? = nil,
        changed: (String) -> String = { $0 }
    ) async throws -> SystemProgram {
        let folder = try ScratchFolder()
        defer { folder.discard() }
        let programs = UnitFile.builtPrograms.path()
        let names = try UnitFile.names(ending: ".service") + UnitFile.names(ending: ".socket")
        for name in names {
            let text = try changed(UnitFile(name).text)
                .replacing("/usr/bin/iam-broker", with: "\(programs)/iam-broker")
            try text.write(to: folder.url.appending(path: name), atomically: true, encoding: .utf8)
        }
        if let dropIn {
            let place = folder.url.appending(path: "iam-brokerd.service.d")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try UnitFile("examples/\(dropIn).conf").text
                .write(to: place.appending(path: "\(dropIn).conf"), atomically: true, encoding: .utf8)
        }
        return try await SystemProgram.run(
            "sh",
            "-c",
            "cd \"$1\" && exec systemd-analyze verify --man=no --recursive-errors=no ./*.service ./*.socket",
            "sh",
            folder.url.path()
        )
    }
}
