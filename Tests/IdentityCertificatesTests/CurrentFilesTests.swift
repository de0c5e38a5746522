import Foundation
import IdentityCertificates
import JOSE
import Testing

/// What a daemon that starts finds in the files.
@Suite struct CurrentFilesTests {
    private let chain: TestChain
    private let checked: CheckedChain

    init() throws {
        chain = try TestChain()
        checked = try chain.check([try chain.leaf(), try chain.root.sign(chain.intermediate)])
    }

    private func withFiles(_ body: (URL, CertificateFiles) async throws -> Void) async throws {
        try await withScratchFolder { folder in
            let path = { (name: String) in folder.appending(path: name).path() }
            let files = try CertificateFiles(key: path("key"), chain: path("chain"), bundle: path("bundle"))
            try files.write(checked)
            try await body(folder, files)
        }
    }

    private func refusal(
        _ files: CertificateFiles,
        subject: CertificateSubject? = nil,
        after: TimeInterval = 0
    ) -> CertificateError.Code? {
        let now = TestAuthority.now.addingTimeInterval(after)
        let error = #expect(throws: CertificateError.self) {
            try files.current(subject: subject ?? chain.subject, now: now)
        }
        return error?.code
    }

    @Test func whatWasWrittenIsReadBack() async throws {
        try await withFiles { _, files in
            let current = try #require(try files.current(subject: chain.subject, now: TestAuthority.now))
            #expect(current.pem == checked.pem)
            #expect(current.key.pem == checked.key.pem)
            #expect(current.notAfter == checked.notAfter)
        }
    }

    @Test(arguments: ["key", "chain", "bundle"])
    func withoutAFileThereIsNothing(name: String) async throws {
        try await withFiles { folder, files in
            try FileManager.default.removeItem(at: folder.appending(path: name))
            #expect(try files.current(subject: chain.subject, now: TestAuthority.now) == nil)
        }
    }

    @Test func whatHasEndedIsToBeReplaced() async throws {
        try await withFiles { _, files in
            let inTime = try files.current(subject: chain.subject, now: TestAuthority.now.addingTimeInterval(3_599))
            #expect(inTime != nil)
            #expect(refusal(files, after: 3_600) == .notInForce)
        }
    }

    @Test func anotherSubjectIsToBeReplaced() async throws {
        try await withFiles { _, files in
            let other = try CertificateSubject("C=US,O=Other")
            #expect(refusal(files, subject: other) == .wrongSubject)
        }
    }

    @Test func aKeyOfAnotherChainIsToBeReplaced() async throws {
        try await withFiles { folder, files in
            let other = try IdentityKey(generating: .p256)
            try write(other.pem.exposed, folder, "key")
            #expect(refusal(files) == .foreignKey)
        }
    }

    @Test(arguments: [
        ("key", "", CertificateError.Code.unusableKey), ("key", "garbage", .unusableKey),
        ("chain", "", .malformedChain), ("chain", "garbage", .malformedChain), ("bundle", "", .filesDisagree),
        ("bundle", String(repeating: "A", count: 90_000), .unsafePlace),
    ])
    func whatCannotBeReadIsToBeReplaced(name: String, text: String, code: CertificateError.Code) async throws {
        try await withFiles { folder, files in
            try write(text, folder, name)
            #expect(refusal(files) == code)
            try files.write(checked)
            #expect(try files.current(subject: chain.subject, now: TestAuthority.now) != nil)
        }
    }

    @Test func whatSomebodyAddedIsToBeReplaced() async throws {
        try await withFiles { folder, files in
            try write("a comment\n" + checked.pem, folder, "chain")
            #expect(refusal(files) == .filesDisagree)
            try write(checked.pem + checked.key.pem.exposed, folder, "chain")
            #expect(refusal(files) == .malformedChain)
        }
    }

    @Test(arguments: [("key", 0o640), ("key", 0o644), ("bundle", 0o604), ("chain", 0o600)])
    func anotherModeIsToBeReplaced(name: String, mode: Int) async throws {
        try await withFiles { folder, files in
            try FileManager.default.setAttributes(
                [.posixPermissions: mode],
                ofItemAtPath: folder.appending(path: name).path()
            )
            #expect(refusal(files) == .filesDisagree)
        }
    }

    @Test func anotherOwnerIsToBeReplaced() async throws {
        try await withFiles { folder, _ in
            let path = { (name: String) in folder.appending(path: name).path() }
            let files = try CertificateFiles(key: path("key"), chain: path("chain"), owner: getuid() + 1)
            #expect(refusal(files) == .filesDisagree)
        }
    }

    @Test func aLinkIsNotFollowed() async throws {
        try await withFiles { folder, files in
            let key = folder.appending(path: "key")
            try FileManager.default.moveItem(at: key, to: folder.appending(path: "elsewhere"))
            try FileManager.default.createSymbolicLink(
                at: key,
                withDestinationURL: folder.appending(path: "elsewhere")
            )
            #expect(refusal(files) == .fileFailure)
        }
    }

    /// Replaces what a file holds, and nothing else of it.
    private func write(_ text: String, _ folder: URL, _ name: String) throws {
        let file = try FileHandle(forWritingTo: folder.appending(path: name))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }
}
