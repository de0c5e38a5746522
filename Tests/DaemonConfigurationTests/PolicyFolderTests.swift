import AccessPolicy
import DaemonConfiguration
import DocumentReader
import Foundation
import TestFiles
import Testing

struct PolicyFolderTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "policies-\(UUID())").path()
    private let workload = Workload(processID: 1, userID: 1_001, groupID: .known(1), groups: .known([]))

    @Test func documentsAreReadInTheOrderOfTheirNames() throws {
        try withFolder([
            "20-last.yaml": grant("last"), "10-first.yml": grant("first"), "15-middle.yaml": grant("middle"),
        ]) {
            guard case .permit(let permit) = try read().decide(workload, reports, at: Date(timeIntervalSince1970: 0))
            else {
                Issue.record("the workload is not permitted")
                return
            }
            #expect(permit.grant == "first")
        }
    }

    @Test func denialsOfAnyDocumentWin() throws {
        let denial = "version: 1\ndenials: [{ name: no, workloads: [{ uid: 1001 }] }]"
        try withFolder(["a.yaml": grant("a"), "b.yaml": denial]) {
            let decision = try read().decide(workload, reports, at: Date(timeIntervalSince1970: 0))
            #expect(decision == .deny(.denied(by: "no")))
        }
    }

    @Test func filesOfOtherKindsAreIgnored() throws {
        try withFolder([
            "README.md": "not YAML: [", "a.yaml.bak": ":", "yaml": ":", "a.YAML": ":", "b.json": "{",
            ".a.yaml": ":", "a.test.yaml": ":", "a.test.yml": ":",
        ]) {
            let decision = try read().decide(workload, reports, at: Date(timeIntervalSince1970: 0))
            #expect(decision == .deny(.nobodyMay))
        }
    }

    @Test func anEmptyFolderPermitsNothing() throws {
        try withFolder([:]) {
            let decision = try read().decide(workload, reports, at: Date(timeIntervalSince1970: 0))
            #expect(decision == .deny(.nobodyMay))
        }
    }

    @Test(arguments: [
        ("version: 2", ":1: version: must be 1"), ("", ": is empty"),
        (
            "version: 1\ngrants:\n  - { name: b, profiles: [backups], workloads: [] }",
            ":3: grants[0].profiles[0]: there is no profile of this name in the configuration"
        ),
        (
            "version: 1\ngrants:\n  - { name: b, profiles: [reports], workloads: [{ user: nobody-here }] }",
            ":3: grants[0].workloads[0].user: this machine has no user 'nobody-here'"
        ),
    ])
    func oneDocumentThatIsWrongIsAnErrorThatNamesIt(text: String, message: String) throws {
        try withFolder(["a.yaml": grant("a"), "b.yaml": text]) {
            let error = #expect(throws: DocumentErrors.self) { _ = try read() }
            #expect(error?.description == "\(folder)/b.yaml\(message)")
        }
    }

    @Test func everyErrorOfEveryDocumentIsFound() throws {
        let wrong = "version: 1\ngrants: [{ name: x, profiles: [backups], workloads: [{ uid: a }] }]"
        try withFolder(["a.yaml": wrong, "b.yaml": "", "c.yaml": grant("a"), "d.yaml": wrong]) {
            let error = #expect(throws: DocumentErrors.self) { _ = try read() }
            #expect(
                error?.errors.map { "\($0.file.split(separator: "/").last ?? "") \($0.key)" } == [
                    "a.yaml grants[0].profiles[0]", "a.yaml grants[0].workloads[0].uid", "b.yaml ",
                    "d.yaml grants[0].name", "d.yaml grants[0].profiles[0]", "d.yaml grants[0].workloads[0].uid",
                ]
            )
        }
    }

    @Test func aNameIsTakenOnceInAllDocuments() throws {
        try withFolder(["a.yaml": grant("same"), "b.yaml": grant("same")]) {
            let error = #expect(throws: DocumentErrors.self) { _ = try read() }
            #expect(
                error?.description
                    == "\(folder)/b.yaml:2: grants[0].name: is the name of another grant or denial, too, at \(folder)/a.yaml:2"
            )
        }
    }

    @Test func linkedDocumentsAreRead() throws {
        try withFolder([".data.yaml": grant("linked")]) {
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/a.yaml", withDestinationPath: ".data.yaml")
            #expect(try read().grants.map(\.name) == ["linked"])
        }
    }

    @Test func aPolicyIsNotLargerThanThirtyTwoMebibytes() throws {
        let text = "version: 1\n#" + String(repeating: "x", count: 8 * 1_024 * 1_024 - 12)
        try withFolder(["a.yaml": text, "b.yaml": text, "c.yaml": text, "d.yaml": text]) {
            #expect(try read().grants.isEmpty)
            try Data("version: 1".utf8).write(to: URL(filePath: "\(folder)/e.yaml"))
            try Data("version: 2".utf8).write(to: URL(filePath: "\(folder)/f.yaml"))
            let error = #expect(throws: DocumentErrors.self) { _ = try read() }
            #expect(error?.description == "\(folder)/e.yaml: makes the policy larger than 32 MiB in all")
        }
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        let error = #expect(throws: DocumentErrors.self) { _ = try read() }
        #expect(error?.description == "\(folder): cannot be read: it must be a folder")
    }

    private var reports: ProfileName {
        get throws { try #require(ProfileName("reports")) }
    }

    private func read() throws -> Policy {
        try PolicyFolder.read(folder, profiles: [try reports], accounts: accounts)
    }

    private func grant(_ name: String) -> String {
        "version: 1\ngrants: [{ name: \(name), profiles: [reports], workloads: [{ user: reports }] }]"
    }

    private func withFolder(_ files: [String: String], _ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? TestFiles.discard(URL(filePath: folder)) }
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
        try body()
    }
}
