import CLinux
import Foundation
import TestFiles
import Testing

/// A datagram socket in journald's place.
///
/// What it got is kept in a file of its folder, which `Tests/leaks.py` looks through.
final class JournalStandIn {
    private let folder: URL
    private(set) var descriptor: Int32
    var path: String { folder.appending(path: "journal").path() }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString.prefix(13))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        descriptor = -1
        try listen()
    }

    deinit {
        close(descriptor)
        #expect(throws: Never.self) { try TestFiles.discard(folder) }
    }

    func listen() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | O_CLOEXEC, 0)
        try #require(descriptor >= 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafeBytes(of: address) { bytes in
            bind(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        try #require(result == 0, "error \(errno)")
    }

    /// As when journald is stopped.
    func stop() throws {
        close(descriptor)
        descriptor = -1
        try FileManager.default.removeItem(atPath: path)
    }

    /// The next entry, by its fields; `nil` when there is none.
    func receive() throws -> [(name: String, value: [UInt8])]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        var control = [UInt8](repeating: 0, count: 64)
        var count = 0
        var file: Int32?
        bytes.withUnsafeMutableBytes { buffer in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
                withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    (message.msg_iov, message.msg_iovlen) = (part, 1)
                    (message.msg_control, message.msg_controllen) = (control.baseAddress, control.count)
                    count = recvmsg(descriptor, &message, Int32(MSG_DONTWAIT))
                    // One descriptor stands behind a header of 16 bytes (cmsg(3)).
                    if count == 0, message.msg_controllen >= 20 {
                        file = control.loadUnaligned(fromByteOffset: 16, as: Int32.self)
                    }
                }
            }
        }
        if count < 0 { return nil }
        let entry = try file.map(Self.content) ?? Array(bytes.prefix(count))
        let log = folder.appending(path: "entries")
        if !FileManager.default.fileExists(atPath: log.path()) { try Data().write(to: log) }
        let handle = try FileHandle(forWritingTo: log)
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(entry))
        return try Self.fields(entry)
    }

    /// What is in a file that came instead of an entry; it must be sealed.
    private static func content(_ file: Int32) throws -> [UInt8] {
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        let seals = fcntl(file, 1034)  // F_GET_SEALS
        // Newer kernels add one against execution.
        #expect(seals & 0b1111 == 0b1111)
        try handle.seek(toOffset: 0)
        return Array(try handle.readToEnd() ?? Data())
    }

    /// Reads an entry as journald does.
    static func fields(_ entry: [UInt8]) throws -> [(name: String, value: [UInt8])] {
        var fields: [(name: String, value: [UInt8])] = []
        var rest = entry[...]
        while !rest.isEmpty {
            let end = try #require(rest.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "\n") })
            let name = String(decoding: rest[..<end], as: UTF8.self)
            let isCounted = rest[end] == UInt8(ascii: "\n")
            rest = rest[(end + 1)...]
            var count = try #require(
                isCounted ? rest.count : rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 - end - 1 }
            )
            if isCounted {
                count = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                rest = rest.dropFirst(8)
            }
            fields.append((name, Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
            try #require(rest.first == UInt8(ascii: "\n"))
            rest = rest.dropFirst()
        }
        return fields
    }
}

extension [(name: String, value: [UInt8])] {
    subscript(name: String) -> [String] {
        filter { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
