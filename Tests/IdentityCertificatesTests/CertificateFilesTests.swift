import Foundation
import Glibc
import IdentityCertificates
import JOSE
import Testing

@Suite struct CertificateFilesTests {
    private let checked: CheckedChain

    init() throws {
        let chain = try TestChain()
        checked = try chain.check([try chain.leaf(), try chain.root.sign(chain.intermediate)])
    }

    private func files(
        _ folder: URL,
        key: String = "key.pem",
        chain: String = "chain.pem",
        bundle: String? = nil,
        owner: UInt32? = nil,
        group: UInt32? = nil,
        mode: UInt32 = 0o600
    ) throws -> CertificateFiles {
        try CertificateFiles(
            key: folder.appending(path: key).path(),
            chain: folder.appending(path: chain).path(),
            bundle: bundle.map { folder.appending(path: $0).path() },
            owner: owner,
            group: group,
            mode: mode
        )
    }

    /// The code with which both the check and the attempt to write are refused.
    private func refusal(_ files: CertificateFiles) -> CertificateError.Code? {
        let early = #expect(throws: CertificateError.self) { try files.check() }
        let late = #expect(throws: CertificateError.self) { try files.write(checked) }
        #expect(early == late)
        return late?.code
    }

    @Test func keyAndChainAreWritten() async throws {
        try await withScratchFolder { folder in
            let files = try files(folder)
            try files.check()
            #expect(try folder.names.isEmpty)
            try files.write(checked)
            #expect(try folder.names == ["chain.pem", "key.pem"])
            let (key, chain) = (folder.appending(path: "key.pem"), folder.appending(path: "chain.pem"))
            #expect(try String(contentsOf: key, encoding: .utf8) == checked.key.pem.exposed)
            #expect(try String(contentsOf: chain, encoding: .utf8) == checked.pem)
            #expect(try key.mode == 0o600)
            #expect(try chain.mode == 0o644)
        }
    }

    @Test func aBundleHoldsBoth() async throws {
        try await withScratchFolder { folder in
            try files(folder, bundle: "both.pem", mode: 0o640).write(checked)
            let bundle = folder.appending(path: "both.pem")
            #expect(try String(contentsOf: bundle, encoding: .utf8) == checked.key.pem.exposed + checked.pem)
            #expect(try bundle.mode == 0o640)
            #expect(try folder.appending(path: "key.pem").mode == 0o640)
            #expect(try folder.appending(path: "chain.pem").mode == 0o644)
        }
    }

    @Test func filesAreReplacedAsAWhole() async throws {
        try await withScratchFolder { folder in
            let key = folder.appending(path: "key.pem")
            try "old".write(to: key, atomically: false, encoding: .utf8)
            let old = try FileHandle(forReadingFrom: key)
            try files(folder).write(checked)
            // Who had the old file open reads the old file to its end.
            #expect(try old.readToEnd() == Data("old".utf8))
            try old.close()
            #expect(try String(contentsOf: key, encoding: .utf8) == checked.key.pem.exposed)
            #expect(try key.mode == 0o600)
            #expect(try folder.names == ["chain.pem", "key.pem"])
        }
    }

    /// Root gives the files to somebody else; another user can give them to itself alone.
    @Test func filesAreGivenToTheirOwner() async throws {
        let (owner, group) = geteuid() == 0 ? (UInt32(65_534), UInt32(65_533)) : (getuid(), getgid())
        try await withScratchFolder { folder in
            try files(folder, bundle: "both.pem", owner: owner, group: group, mode: 0o440).write(checked)
            for name in try folder.names {
                let attributes = try folder.appending(path: name).attributes()
                #expect(attributes[.ownerAccountID] as? UInt == UInt(owner))
                #expect(attributes[.groupOwnerAccountID] as? UInt == UInt(group))
            }
            #expect(try folder.appending(path: "key.pem").mode == 0o440)
        }
    }

    @Test(arguments: [0o644, 0o604, 0o606, 0o660, 0o620, 0o700, 0o4600, 0o200, 0o040, 0o000, 0o777] as [UInt32])
    func aKeyIsNeverForOthers(mode: UInt32) {
        let error = #expect(throws: CertificateError.self) { try CertificateFiles(key: "k", chain: "c", mode: mode) }
        #expect(error?.code == .unsafePlace)
    }

    @Test(arguments: ["", "/", ".", "..", "a/", "a/.", "a/..", "a\u{0}b"])
    func aPathNamesAFile(path: String) {
        for (key, chain, bundle) in [(path, "c", "b"), ("k", path, "b"), ("k", "c", path)] {
            let error = #expect(throws: CertificateError.self) {
                try CertificateFiles(key: key, chain: chain, bundle: bundle)
            }
            #expect(error?.code == .unsafePlace)
        }
    }

    @Test func eachFileHasANameOfItsOwn() async throws {
        try await withScratchFolder { folder in
            #expect(try refusal(files(folder, chain: "key.pem")) == .unsafePlace)
            #expect(try refusal(files(folder, chain: "./key.pem")) == .unsafePlace)
            #expect(try refusal(files(folder, bundle: "../\(folder.lastPathComponent)/chain.pem")) == .unsafePlace)
            let names = try folder.names
            #expect(names.isEmpty)
        }
    }

    @Test func linksAndFoldersAreNotReplaced() async throws {
        try await withScratchFolder { folder in
            let (target, chain) = (folder.appending(path: "target"), folder.appending(path: "chain.pem"))
            try "kept".write(to: target, atomically: false, encoding: .utf8)
            try FileManager.default.createSymbolicLink(at: chain, withDestinationURL: target)
            #expect(try refusal(files(folder)) == .unsafePlace)
            try FileManager.default.removeItem(at: chain)
            try FileManager.default.createDirectory(at: chain, withIntermediateDirectories: false)
            #expect(try refusal(files(folder)) == .unsafePlace)
            #expect(try String(contentsOf: target, encoding: .utf8) == "kept")
            #expect(try folder.names == ["chain.pem", "target"])
        }
    }

    @Test(arguments: [(0o757, false), (0o702, false), (0o1777, true), (0o775, false), (0o1775, true), (0o700, true)])
    func othersMustNotBeAbleToReplaceTheFiles(mode: Int, isAccepted: Bool) async throws {
        try await withScratchFolder { folder in
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path())
            let files = try files(folder)
            guard !isAccepted else { return try files.write(checked) }
            #expect(refusal(files) == .unsafePlace)
            #expect(try folder.names.isEmpty)
        }
    }

    @Test func noStepOfThePathIsALink() async throws {
        try await withScratchFolder { folder in
            let (real, link) = (folder.appending(path: "real"), folder.appending(path: "link"))
            try FileManager.default.createDirectory(
                at: real.appending(path: "tls"),
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
            #expect(try refusal(files(folder, key: "link/tls/key.pem")) == .unsafePlace)
            #expect(try refusal(files(folder, key: "link/key.pem")) == .unsafePlace)
            #expect(try real.appending(path: "tls").names.isEmpty)
            try files(folder, key: "real/tls/key.pem").write(checked)
        }
    }

    @Test func whoOwnsAFolderOnTheWayCannotLeadAKeyElsewhereNeedsRoot() async throws {
        try #require(getuid() == 0, "this test needs root: it gives folders away")
        try await withScratchFolder { folder in
            let (outer, inner) = (folder.appending(path: "srv"), folder.appending(path: "srv/tls"))
            try FileManager.default.createDirectory(
                at: inner,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
            let files = try CertificateFiles(
                key: inner.appending(path: "key.pem").path(),
                chain: inner.appending(path: "chain.pem").path(),
                owner: 64_998
            )
            // The last folder may be the owner's: there he could only replace what is his.
            #expect(chown(inner.path(), 64_998, 64_998) == 0)
            try files.write(checked)
            #expect(chown(outer.path(), 64_998, 64_998) == 0)
            #expect(refusal(files) == .unsafePlace)
            #expect(chown(outer.path(), 0, 0) == 0 && chown(inner.path(), 64_997, 64_997) == 0)
            #expect(refusal(files) == .unsafePlace)
        }
    }

    @Test func whatCannotBeWrittenIsToldBeforeAnybodyIsAsked() throws {
        let error = #expect(throws: CertificateError.self) {
            try CertificateFiles(key: "/proc/key.pem", chain: "/proc/chain.pem").check()
        }
        #expect(error?.code == .fileFailure)
    }

    @Test func lookingLeavesNothingBehind() async throws {
        try await withScratchFolder { folder in
            try files(folder).check()
            #expect(try folder.names.isEmpty)
        }
    }

    @Test func aFolderMustBeThere() async throws {
        try await withScratchFolder { folder in
            #expect(try refusal(files(folder, chain: "nothing/chain.pem")) == .fileFailure)
            try Data().write(to: folder.appending(path: "file"))
            #expect(try refusal(files(folder, chain: "file/chain.pem")) == .unsafePlace)
            #expect(try folder.names == ["file"])
        }
    }

    @Test func whenOneFileCannotBeWrittenNothingIsChanged() async throws {
        try await withScratchFolder { folder in
            let key = folder.appending(path: "key.pem")
            try "old".write(to: key, atomically: false, encoding: .utf8)
            // Nobody, not even root, can make a file there.
            let files = try CertificateFiles(key: key.path(), chain: "/proc/chain.pem")
            let error = #expect(throws: CertificateError.self) { try files.write(checked) }
            #expect(error?.code == .fileFailure)
            #expect(error?.message.contains("/proc/chain.pem") == true)
            #expect(try String(contentsOf: key, encoding: .utf8) == "old")
            #expect(try folder.names == ["key.pem"])
        }
    }

    @Test func noErrorShowsTheKey() async throws {
        let body = try #require(checked.key.pem.exposed.split(separator: "\n").dropFirst().first)
        let error = #expect(throws: CertificateError.self) {
            try CertificateFiles(key: "/proc/key.pem", chain: "/proc/chain.pem").write(checked)
        }
        #expect(error?.message.contains(body) == false)
    }
}
