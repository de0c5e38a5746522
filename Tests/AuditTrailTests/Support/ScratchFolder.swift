import Foundation
import TestFiles

/// A folder of its own for one test; it goes when the test does.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path()
    }

    deinit { try? TestFiles.discard(URL(filePath: path)) }
}
