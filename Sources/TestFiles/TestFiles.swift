package import Foundation
internal import Synchronization

/// What becomes of the files of tests: they go when their test is done, or stay to be looked through for secrets.
///
/// `make test` sets `IAM_BROKER_TEST_KEEP` and a folder for temporary files of its own, looks through all of them after the
/// tests (`Tests/leaks.py`), and removes them then.
package enum TestFiles {
    /// Whether files stay.
    package static let areKept = ProcessInfo.processInfo.environment["IAM_BROKER_TEST_KEEP"] != nil

    /// Removes a file or a folder with all that is in it, unless files stay.
    package static func discard(_ url: URL) throws {
        if !areKept { try FileManager.default.removeItem(at: url) }
    }

    /// Adds to the files that stay what else would only have been in memory, such as the output of a program.
    package static func keep(_ bytes: Data, as name: String) throws {
        guard areKept else { return }
        try bytes.write(to: FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)"))
    }

    /// Notes a secret that was given out by its length and its SHA-256, so that it can be looked for without being known.
    package static func note(length: Int, digest: String) throws {
        guard areKept else { return }
        try notes.withLock { notes in
            let handle: FileHandle
            if let open = notes { handle = open } else { handle = try newNotes() }
            try handle.write(contentsOf: Data("\(length) \(digest)\n".utf8))
            notes = handle
        }
    }

    private static let notes = Mutex<FileHandle?>(nil)

    private static func newNotes() throws -> FileHandle {
        let url = FileManager.default.temporaryDirectory.appending(path: "issued-\(UUID().uuidString)")
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }
}
