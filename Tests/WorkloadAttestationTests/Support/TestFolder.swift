import Foundation
import Glibc
import Testing

/// A folder for one test, readable by every user, and gone afterwards.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/iam-broker-attestation-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        path = String(cString: made)
        try #require(chmod(path, 0o755) == 0)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A program that does what `cat` does, at a path of one's choice.
    func program(_ name: String) throws -> String {
        let target = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(contentsOf: URL(filePath: "/bin/cat")).write(to: URL(filePath: target))
        try #require(chmod(target, 0o755) == 0)
        return target
    }
}
