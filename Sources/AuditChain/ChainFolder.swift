internal import FoundationEssentials
internal import Glibc

/// The files of a log in one folder.
package enum ChainFolder {
    /// The names of the files that hold lines, in the order of their first lines.
    ///
    /// One whose first line cannot be read is where its name belongs, or last: verification will say what is wrong with it.
    ///
    /// - Returns: `nil` when the folder cannot be read; `errno` says why.
    package static func files(in folder: String) -> [String]? {
        // Tried by hand first: it tells why not.
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        close(descriptor)
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            errno = EIO
            return nil
        }
        var files: [(name: String, rank: Int, isCurrent: Bool)] = []
        for name in names where ChainFileName.isPartOfLog(name) {
            let start = start(of: folder + "/" + name)
            // An empty file holds no lines.
            if start?.isEmpty == true { continue }
            let rank = start.flatMap(firstSequence) ?? ChainFileName(name)?.first ?? .max
            files.append((name, rank, name == ChainFileName.current))
        }
        return
            files.sorted { one, other in
                (one.rank, one.isCurrent ? 1 : 0, one.name) < (other.rank, other.isCurrent ? 1 : 0, other.name)
            }
            .map(\.name)
    }

    /// `seq` of the first line in `start`.
    package static func firstSequence(_ start: [UInt8]) -> Int? {
        let line = Array(start.prefix { $0 != UInt8(ascii: "\n") })
        return (try? ChainedLine(parsing: line))?.sequence
    }

    private static func start(of path: String) -> [UInt8]? {
        // Not blocking: somebody may have put a pipe there.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: LineText.maximumSize)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        return count >= 0 ? Array(bytes.prefix(count)) : nil
    }
}
