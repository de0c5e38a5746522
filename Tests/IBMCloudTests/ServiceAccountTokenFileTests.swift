import BrokerTesting
import Foundation
import Glibc
import IBMCloud
import JOSE
import TestFiles
import Testing
import TokenBroker

@Suite struct ServiceAccountTokenFileTests {
    @Test(arguments: ["", "\n", "\r\n"])
    func theTokenIsReadWithoutItsNewline(ending: String) async throws {
        let token = World.token(claims: #"{"exp":1788260400,"aud":["iam"]}"#)
        try await Self.withFile(token + ending) { path in
            let identity = try await Self.source(path).identityToken()
            #expect(identity.compact.exposed == token)
            #expect(identity.expiresAt == Date(timeIntervalSince1970: 1_788_260_400))
            #expect(identity.accountID == nil)
        }
    }

    @Test func aTokenThatDoesNotTellItsEndIsKeptForAMinute() async throws {
        try await Self.withFile("opaque") { path in
            let identity = try await Self.source(path).identityToken()
            #expect(identity.expiresAt == World.now + 60)
        }
    }

    @Test func theFileIsReadEachTime() async throws {
        try await Self.withFile("first") { path in
            let source = Self.source(path)
            let identity = try await source.identityToken()
            #expect(identity.compact.exposed == "first")
            try Data("second".utf8).write(to: URL(filePath: path))
            let later = try await source.identityToken()
            #expect(later.compact.exposed == "second")
        }
    }

    @Test func aLinkIsFollowedAsProjectedVolumesNeedIt() async throws {
        try await Self.withFile("linked") { path in
            try FileManager.default.createSymbolicLink(atPath: path + ".link", withDestinationPath: path)
            let identity = try await Self.source(path + ".link").identityToken()
            #expect(identity.compact.exposed == "linked")
        }
    }

    @Test(arguments: [(16_384, true), (16_385, false)])
    func aFileIsReadUpToItsLimit(size: Int, isRead: Bool) async throws {
        try await Self.withFile(String(repeating: "a", count: size)) { path in
            if isRead {
                let identity = try await Self.source(path).identityToken()
                #expect(identity.compact.exposed.count == size)
            } else {
                await checkFailure(of: Self.source(path), code: .identityUnreadable)
            }
        }
    }

    @Test(arguments: ["", "\n", "two\n\n", " padded", "two words", "tab\t", "\u{e9}"])
    func whatCannotBeATokenIsRefused(text: String) async throws {
        try await Self.withFile(text) { path in
            let error = try await World.failure { try await Self.source(path).identityToken() }
            #expect(error.code == .identityUnreadable)
            #expect(error.message.contains(path))
            #expect(error.message.contains("holds no token"))
        }
    }

    @Test(arguments: [(0.0, false), (-1, false), (1, true)])
    func aTokenThatHasExpiredIsRefused(secondsLeft: Double, isTaken: Bool) async throws {
        let end = Int(World.now.timeIntervalSince1970 + secondsLeft)
        try await Self.withFile(World.token(claims: #"{"exp":\#(end)}"#)) { path in
            if isTaken {
                let identity = try await Self.source(path).identityToken()
                #expect(identity.expiresAt == World.now + secondsLeft)
            } else {
                let error = try await World.failure { try await Self.source(path).identityToken() }
                #expect(error.code == .identityUnreadable)
                #expect(error.message.contains("expired"))
            }
        }
    }

    @Test func whatIsNotThereIsNamed() async throws {
        let error = try await World.failure { try await Self.source("/nonexistent/token").identityToken() }
        #expect(error.code == .identityUnreadable)
        #expect(error.message.contains("/nonexistent/token: it does not exist"))
    }

    @Test func aFolderAndAPipeAreNotRead() async throws {
        try await Self.withFile("x") { path in
            #expect(mkfifo(path + ".pipe", 0o600) == 0)
            for other in [path + ".pipe", URL(filePath: path).deletingLastPathComponent().path()] {
                let error = try await World.failure { try await Self.source(other).identityToken() }
                #expect(error.code == .identityUnreadable)
                #expect(error.message.contains("not a regular file"))
            }
        }
    }

    private static func source(_ path: String) -> ServiceAccountTokenFile {
        ServiceAccountTokenFile(path: path, now: { World.now })
    }

    /// Runs `body` with a file in a folder of its own, and removes both.
    private static func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { #expect(throws: Never.self) { try TestFiles.discard(folder) } }
        let file = folder.appending(path: "token")
        try Data(text.utf8).write(to: file)
        try await body(file.path())
    }
}
