import DocumentReader
import Foundation
import TestFiles
import Testing

@testable import PolicyCommands

/// What a case that fails says.
struct CaseResultsTests {
    @Test(arguments: [
        ("metadata: keys", "no grant gives metadata keys to anybody"),
        ("metadata: instance", "nearest grant 'reader' at FOLDER/a.yaml:3: user 1 is asked for, the workload has 2"),
        ("certificates: true", "no grant gives certificates to anybody"),
        ("profile: reports", "no grant gives the profile 'reports' to anybody"),
    ])
    func whatStoodInTheWayIsSaid(question: String, reason: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cases-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? TestFiles.discard(folder) }
        let policy = "version: 1\ngrants:\n  - { name: reader, metadata: [instance], workloads: [{ uid: 1 }] }\n"
        try Data(policy.utf8).write(to: folder.appending(path: "a.yaml"))
        let cases =
            "version: 1\ncases:\n  - { name: other, workload: { uid: 2 }, \(question), expect: permit }\n"
        try Data(cases.utf8).write(to: folder.appending(path: "a.test.yaml"))
        var results = CaseResults()
        results.run([folder.path()])
        #expect(results.errors.isEmpty)
        #expect(results.failed == 1)
        #expect(results.cases.first?.reasons == [reason.replacing("FOLDER", with: folder.path())])
    }
}
