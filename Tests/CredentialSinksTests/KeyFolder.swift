import CredentialSinks
import Foundation
import Glibc
import JOSE
import KeyRotation
import SecretFiles
import TestFiles
import Testing

/// A folder with the file `key`, and what a run of the sink leaves in it.
final class KeyFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        try #require(chmod(url.path(), 0o700) == 0)
    }

    /// A copy of another folder as it is now: names of one file are names of one file there, too.
    init(copy other: KeyFolder) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        try #require(chmod(url.path(), 0o700) == 0)
        var copies: [UInt64: String] = [:]
        for name in try other.names() {
            var status = stat()
            try #require(lstat(other.path(name), &status) == 0)
            if let earlier = copies[UInt64(status.st_ino)] {
                try #require(link(earlier, path(name)) == 0)
            } else {
                try FileManager.default.copyItem(atPath: other.path(name), toPath: path(name))
                copies[UInt64(status.st_ino)] = path(name)
            }
        }
    }

    deinit {
        do {
            try TestFiles.discard(url)
        } catch {
            Issue.record("\(error)")
        }
    }

    func path(_ name: String) -> String { url.appending(path: name).path() }

    /// Sorted; without `.` and `..`.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path()).sorted() }

    /// What consumers find; `nil` when there is no file.
    var content: String? {
        FileManager.default.contents(atPath: path("key")).map { String(decoding: $0, as: UTF8.self) }
    }

    func write(_ text: String, to name: String = "key", mode: mode_t = 0o600) throws {
        try Data(text.utf8).write(to: url.appending(path: name))
        try #require(chmod(path(name), mode) == 0)
    }

    func mode(_ name: String = "key") throws -> mode_t {
        var status = stat()
        try #require(stat(path(name), &status) == 0)
        return status.st_mode & 0o7777
    }

    /// The sink of the folder, whose work is done where it is asked for.
    func sink(
        mode: UInt32 = 0o600,
        check: [String]? = nil,
        reload: [String]? = nil,
        prints: KeyFilePrints? = nil,
        blocking: @escaping @Sendable (@escaping @Sendable () -> SinkAnswer) async -> SinkAnswer? = { $0() },
        run: @escaping @Sendable ([String], String) -> SinkFault? = { _, _ in nil },
        beforeChange: @escaping @Sendable () -> Void = {}
    ) throws -> KeyFileSink {
        let fields = KeyFields(of: KeyContentTests.apiKey)
        return KeyFileSink(
            KeyFileSetting(
                file: SecretFile(location: try FileLocation(path("key")), permissions: try .secret(mode: mode)),
                content: KeyContent(.raw(.keyAPIKey), fields: fields),
                check: check,
                reload: reload
            ),
            prints: try prints ?? KeyFilePrints(derivedFrom: Redacted(Array("a secret of tests".utf8))),
            KeyFileSink.Surroundings(blocking: blocking, run: run),
            beforeChange: beforeChange
        )
    }
}
