import Foundation
import TestFiles

/// A folder of its own for the time of `body`.
func withScratchFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "iam-broker-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
        at: folder,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o755]
    )
    let result: Result
    do {
        result = try await body(folder)
    } catch {
        try TestFiles.discard(folder)
        throw error
    }
    try TestFiles.discard(folder)
    return result
}

extension URL {
    /// The names of what lies in a folder, the hidden too.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path()).sorted() }
    }

    func attributes() throws -> [FileAttributeKey: Any] {
        try FileManager.default.attributesOfItem(atPath: path())
    }

    var mode: Int {
        get throws { try attributes()[.posixPermissions] as? Int ?? -1 }
    }
}
