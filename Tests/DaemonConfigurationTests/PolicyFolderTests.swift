import AccessPolicy
import DaemonConfiguration
import DocumentReader
import Foundation
import Testing

struct PolicyFolderTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "policies-\(UUID())").path()
    private let workload = Workload(processID: 1, userID: 1_001, groupID: .known(1), groups: .known([]))

    @Test func documentsAreReadInTheOrderOfTheirNames() throws {
        try withFolder([
            "20-last.yaml": grant("last"), "10-first.yml": grant("first"), "15-middle.yaml": grant("middle"),
        ]) {
            guard case .permit(let permit) = try read().decide(workload, reports, at: Date(timeIntervalSince1970: 1_800_000_000)) else {
                Issue.record("the workload is not permitted")
                return
            }
            #expect(permit.grant == "first")
        }
    }

    @Test func denialsOfAnyDocumentWin() throws {
        let denial = "version: 1\ndenials: [{ name: no, workloads: [{ uid: 1001 }] }]"
        try withFolder(["a.yaml": grant("a"), "b.yaml": denial]) {
            let decision = try read().decide(workload, reports, at: Date(timeIntervalSince1970: 1_800_000_000))
            #expect(decision == .deny(.denied(by: "no")))
        }
    }

    @Test func filesOfOtherKindsAreIgnored() throws {
        try withFolder(["README.md": "not YAML: [", "a.yaml.bak": ":", "yaml": ":", "a.YAML": ":", "b.json": "{"]) {
            let decision = try read().decide(workload, reports, at: Date(timeIntervalSince1970: 1_800_000_000))
            #expect(decision == .deny(.nobodyMay))
        }
    }

    @Test func anEmptyFolderPermitsNothing() throws {
        try withFolder([:]) {
            let decision = try read().decide(workload, reports, at: Date(timeIntervalSince1970: 1_800_000_000))
            #expect(decision == .deny(.nobodyMay))
        }
    }

    @Test(arguments: [
        ("version: 2", ":1: version: must be 1"), ("", ": is empty"),
        (
            "version: 1\ngrants:\n  - { name: a, profiles: [backups], workloads: [] }",
            ":3: grants[0].profiles[0]: there is no profile of this name in the configuration"
        ),
        (
            "version: 1\ngrants:\n  - { name: a, profiles: [reports], workloads: [{ user: nobody-here }] }",
            ":3: grants[0].workloads[0].user: this machine has no user 'nobody-here'"
        ),
    ])
    func oneDocumentThatIsWrongIsAnErrorThatNamesIt(text: String, message: String) throws {
        try withFolder(["a.yaml": grant("a"), "b.yaml": text]) {
            let error = #expect(throws: DocumentError.self) { _ = try read() }
            #expect(error?.description == "\(folder)/b.yaml\(message)")
        }
    }

    @Test func aDocumentThatCannotBeReadIsAnError() throws {
        try withFolder(["a.yaml": grant("a")]) {
            // Neither a dangling link nor a folder can be read, even by root.
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/b.yaml",
                withDestinationPath: "/nowhere/b.yaml"
            )
            #expect(unreadable(try read()) == "\(folder)/b.yaml")
            try FileManager.default.removeItem(atPath: "\(folder)/b.yaml")
            try FileManager.default.createDirectory(atPath: "\(folder)/c.yml", withIntermediateDirectories: false)
            #expect(unreadable(try read()) == "\(folder)/c.yml")
        }
    }

    @Test func aDocumentThatIsNotUTF8IsAnError() throws {
        try withFolder([:]) {
            try Data([0x76, 0xFF, 0xFE]).write(to: URL(filePath: "\(folder)/a.yaml"))
            #expect(unreadable(try read()) == "\(folder)/a.yaml")
        }
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        let error = #expect(throws: DocumentError.self) { _ = try read() }
        #expect(error?.description == "\(folder): cannot be read: it must be a folder")
    }

    private var reports: ProfileName {
        get throws { try #require(ProfileName("reports")) }
    }

    private func read() throws -> Policy {
        try PolicyFolder.read(folder, profiles: [try reports], accounts: accounts)
    }

    /// The file that an unreadable document's error names.
    private func unreadable(_ read: @autoclosure () throws -> Policy) -> String? {
        let error = #expect(throws: DocumentError.self) { _ = try read() }
        #expect(error?.message == "cannot be read: it must exist, be readable by the daemon's user, and be UTF-8")
        return error?.file
    }

    private func grant(_ name: String) -> String {
        "version: 1\ngrants: [{ name: \(name), profiles: [reports], workloads: [{ user: reports }] }]"
    }

    private func withFolder(_ files: [String: String], _ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
        try body()
    }
}
