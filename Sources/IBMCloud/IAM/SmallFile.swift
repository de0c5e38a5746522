internal import Glibc

/// Reads a small regular file without trusting what it is.
enum SmallFile {
    enum Failure: Error, Equatable, CustomStringConvertible {
        case cannotOpen(CInt)
        case notRegular
        case tooLarge(limit: Int)
        case cannotRead(CInt)

        var description: String {
            switch self {
            case .cannotOpen(ENOENT): "it does not exist"
            case .cannotOpen(EACCES), .cannotOpen(EPERM): "it may not be read by this user"
            case .cannotOpen(let code): "it cannot be opened (error \(code))"
            case .notRegular: "it is not a regular file"
            case .tooLarge(let limit): "it is larger than \(limit) bytes"
            case .cannotRead(let code): "it cannot be read (error \(code))"
            }
        }
    }

    /// The whole file, at most `limit` bytes.
    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe waits for somebody to write.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotOpen(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .cannotRead(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        var bytes: [UInt8] = []
        while true {
            var failure: CInt = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
                let result = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if result < 0 { failure = errno }
                count = max(result, 0)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw .cannotRead(failure) }
            guard !chunk.isEmpty else { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }
}
