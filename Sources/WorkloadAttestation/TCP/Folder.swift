internal import Glibc

/// A folder held open.
///
/// What is read through a folder of `/proc` is that process's own, even when its number goes to another (proc(5)): after its
/// end every read fails with ``FileFault/isGone``.
final class Folder: Sendable {
    private let descriptor: CInt

    private init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    static func at(path: String) throws(FileFault) -> Folder {
        Folder(owning: try opened(AT_FDCWD, path, O_DIRECTORY))
    }

    /// The folder `name` in this one.
    func folder(_ name: String) throws(FileFault) -> Folder {
        Folder(owning: try Self.opened(descriptor, name, O_DIRECTORY | O_NOFOLLOW))
    }

    /// Whole numbers among the names in the folder; more than `limit` are a fault.
    func numbers(atMost limit: Int = 1 << 20) throws(FileFault) -> [Int32] {
        // A stream of its own: the place in a listing belongs to the descriptor.
        let copy = try Self.opened(descriptor, ".", O_DIRECTORY)
        guard let stream = fdopendir(copy) else {
            let fault = FileFault(code: errno)
            close(copy)
            throw fault
        }
        defer { closedir(stream) }
        var found: [Int32] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw FileFault(code: errno) }
                return found
            }
            guard let number = Self.number(of: entry) else { continue }
            guard found.count < limit else { throw FileFault(code: EOVERFLOW) }
            found.append(number)
        }
    }

    /// The names of the folders in it; more than `limit` are a fault.
    func folders(atMost limit: Int) throws(FileFault) -> [String] {
        let copy = try Self.opened(descriptor, ".", O_DIRECTORY)
        guard let stream = fdopendir(copy) else {
            let fault = FileFault(code: errno)
            close(copy)
            throw fault
        }
        defer { closedir(stream) }
        var found: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw FileFault(code: errno) }
                return found
            }
            guard entry.pointee.d_type == UInt8(DT_DIR), let name = Self.name(of: entry), name != ".", name != ".."
            else {
                continue
            }
            guard found.count < limit else { throw FileFault(code: EOVERFLOW) }
            found.append(name)
        }
    }

    /// Whether the symbolic link `name` reads exactly `target`, which is shorter than 64 bytes.
    func link(_ name: String, reads target: [UInt8]) throws(FileFault) -> Bool {
        var buffer = [CChar](repeating: 0, count: 64)
        let length = readlinkat(descriptor, name, &buffer, buffer.count)
        guard length >= 0 else { throw FileFault(code: errno) }
        return buffer[..<length].elementsEqual(target.map { CChar(bitPattern: $0) })
    }

    /// All bytes of the file `name`; more than `limit` are a fault.
    func contents(of name: String, atMost limit: Int) throws(FileFault) -> [UInt8] {
        // Whatever kind of file it is, opening it must not wait.
        let file = try Self.opened(descriptor, name, O_NONBLOCK | O_NOFOLLOW)
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 32_768)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFault(code: errno) }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else { throw FileFault(code: EFBIG) }
            bytes += chunk[..<count]
        }
    }

    /// Which file `name` leads to, links followed.
    func identity(of name: String) throws(FileFault) -> FileIdentity {
        let status = try status(of: name, 0)
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// The user that owns `name` itself.
    func owner(of name: String) throws(FileFault) -> UInt32 {
        try status(of: name, AT_SYMLINK_NOFOLLOW).st_uid
    }

    private func status(of name: String, _ flags: CInt) throws(FileFault) -> stat {
        var status = stat()
        guard fstatat(descriptor, name, &status, flags) == 0 else { throw FileFault(code: errno) }
        return status
    }

    private static func opened(_ folder: CInt, _ name: String, _ flags: CInt) throws(FileFault) -> CInt {
        let descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC | flags)
        guard descriptor >= 0 else { throw FileFault(code: errno) }
        return descriptor
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String? {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
        return String(
            validatingCString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
        )
    }

    /// Reads no further than the name goes: an entry of a listing is shorter than its type says.
    private static func number(of entry: UnsafeMutablePointer<dirent>) -> Int32? {
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
        let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: UInt8.self)
        var value: Int32 = 0
        var index = 0
        while name[index] != 0 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(name[index]) else { return nil }
            let shifted = value.multipliedReportingOverflow(by: 10)
            let next = shifted.partialValue.addingReportingOverflow(Int32(name[index] - UInt8(ascii: "0")))
            guard !shifted.overflow, !next.overflow else { return nil }
            value = next.partialValue
            index += 1
        }
        return index > 0 ? value : nil
    }
}
