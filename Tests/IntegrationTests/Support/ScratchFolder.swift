import Foundation
import TestFiles
import Testing

/// A folder that goes away with this value; its path is short enough for a socket.
final class ScratchFolder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "broker-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        do {
            try TestFiles.discard(url)
        } catch {
            Issue.record("the folder stays: \(error)")
        }
    }

    func path(_ name: String) -> String { url.appending(path: name).path() }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: url.appending(path: name))
    }

    func createFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: false)
    }

    /// A file that is open for reading and writing.
    func file(_ name: String, _ text: String = "") throws -> FileHandle {
        try write(name, text)
        return try FileHandle(forUpdating: url.appending(path: name))
    }
}
