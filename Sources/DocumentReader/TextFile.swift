internal import Glibc

/// Files of text that somebody edits.
package enum TextFile {
    /// The whole text of a file.
    ///
    /// Nothing is read of what is not a regular file, and of one that is larger than `limit`. Symbolic links are followed:
    /// Kubernetes mounts documents that way.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - limit: the most bytes.
    /// - Returns: the text, without a byte order mark.
    /// - Throws: ``DocumentError`` that names the file and, for text that is not UTF-8, the line.
    package static func read(_ path: String, limit: Int = DocumentSize.standard) throws(DocumentError) -> String {
        // Looked at before it is opened: opening a device can do things.
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw unreadable(path, errno) }
        try expectRegular(status, path)
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        try expectRegular(status, path)
        let tooLarge = DocumentError(
            file: path,
            line: nil,
            key: "",
            message: "is larger than \(DocumentSize.words(limit))"
        )
        guard status.st_size <= limit else { throw tooLarge }
        // One byte more than is announced: it may have grown, and some file systems announce nothing.
        let bytes = try content(of: descriptor, path, expected: Int(status.st_size) + 1, most: limit + 1)
        guard bytes.count <= limit else { throw tooLarge }
        return try text(of: bytes, path)
    }

    private static func content(
        of descriptor: Int32,
        _ path: String,
        expected: Int,
        most: Int
    ) throws(DocumentError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(expected, most))
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < most {
            let wanted = min(chunk.count, most - bytes.count)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, wanted) }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(path, errno)
            }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    // MARK: Encoding

    private static func text(of bytes: [UInt8], _ path: String) throws(DocumentError) -> String {
        func error(_ line: Int?, _ message: String) -> DocumentError {
            DocumentError(file: path, line: line, key: "", message: message)
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw error(nil, "is UTF-16 and not UTF-8; save it as UTF-8")
        }
        if let index = bytes.firstIndex(of: 0) {
            throw error(
                line(of: index, in: bytes),
                "has a NUL byte, so it is UTF-16 or no text at all; save it as UTF-8"
            )
        }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        if let text = String(validating: content, as: UTF8.self) { return text }
        let lines = content.split(separator: 0x0A, omittingEmptySubsequences: false)
        let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        throw error(
            bad.map { $0 + 1 },
            "is not UTF-8, but perhaps Latin-1 or a Windows code page; save it as UTF-8"
        )
    }

    private static func line(of index: Int, in bytes: [UInt8]) -> Int {
        1 + bytes[..<index].count { $0 == 0x0A }
    }

    // MARK: What cannot be read

    private static func expectRegular(_ status: stat, _ path: String) throws(DocumentError) {
        let kind: String
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: kind = "a folder"
        case S_IFIFO: kind = "a pipe"
        case S_IFSOCK: kind = "a socket"
        default: kind = "a device"
        }
        throw DocumentError(
            file: path,
            line: nil,
            key: "",
            message: "cannot be read: it is \(kind) and must be a regular file"
        )
    }

    private static func unreadable(_ path: String, _ code: Int32) -> DocumentError {
        let reason =
            switch code {
            case ENOENT, ENOTDIR: "there is no such file"
            case EACCES, EPERM: "this user may not read it"
            case ELOOP: "it is a circle of symbolic links"
            default: unsafe String(cString: strerror(code))
            }
        return DocumentError(file: path, line: nil, key: "", message: "cannot be read: \(reason)")
    }
}
