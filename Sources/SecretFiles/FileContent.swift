internal import Glibc

/// Reads an open file to its end.
package enum FileContent {
    /// - Parameters:
    ///   - descriptor: where to read; it stays open.
    ///   - path: what errors call it.
    ///   - limit: bytes at most.
    /// - Returns: all that is left to read.
    /// - Throws: ``SecretFileError`` when it cannot be read, or grew beyond the limit meanwhile.
    package static func read(_ descriptor: Int32, of path: String, limit: Int) throws(SecretFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1_024)
        while bytes.count <= limit {
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { return bytes }
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            } else if errno != EINTR {
                throw .failure("cannot read \(path)", errno)
            }
        }
        throw SecretFileError(.unsafePlace, "\(path) is larger than \(limit / 1_024) KiB")
    }
}
