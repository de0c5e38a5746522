internal import CLinux
internal import Glibc

/// A file in memory whose content can never change again (memfd_create(2), fcntl(2) on seals).
///
/// It goes from one instance of a service to the next through the service manager, and no other way.
package final class SealedMemory: Sendable {
    let descriptor: CInt
    /// Bytes.
    package let size: Int

    /// Writes `parts` into new memory, one after the other, and seals it.
    ///
    /// The parts are copied nowhere else.
    package init(name: String, _ parts: [Part]) throws(ServiceManagerError) {
        let descriptor = unsafe clinux_memfd(name)
        guard descriptor >= 0 else { throw Self.failure("cannot be made", -descriptor) }
        var size = 0
        for part in parts {
            let code = unsafe part.withBytes { unsafe Self.write($0, to: descriptor) }
            guard code == 0 else {
                close(descriptor)
                throw Self.failure("cannot be written", code)
            }
            size += part.count
        }
        let result = clinux_seal(descriptor)
        guard result == 0 else {
            close(descriptor)
            throw Self.failure("cannot be sealed", -result)
        }
        (self.descriptor, self.size) = (descriptor, size)
    }

    /// Takes over memory that an instance before this one sealed; the descriptor belongs to this value, or is closed.
    ///
    /// - Parameters:
    ///   - descriptor: what the service manager kept.
    ///   - mostBytes: more than this is not read.
    /// - Throws: ``ServiceManagerError`` when it is not a file in memory with every seal, of this user, of a fitting size.
    package init(inherited descriptor: CInt, mostBytes: Int) throws(ServiceManagerError) {
        do throws(ServiceManagerError) {
            // Any other file has no seals, so nobody needs to ask for its type.
            let seals = clinux_is_sealed(descriptor)
            guard seals >= 0 else { throw ServiceManagerError(.memory, "it is no file in memory") }
            guard seals == 1 else { throw ServiceManagerError(.memory, "it is not sealed against every change") }
            var status = clinux_file_status()
            let result = unsafe clinux_read_status(descriptor, "", 0, &status)
            guard result == 0 else { throw Self.failure("cannot be looked at", -result) }
            guard status.owner == geteuid() else {
                throw ServiceManagerError(.memory, "it belongs to uid \(status.owner) and not to the daemon's user")
            }
            guard status.size <= UInt64(mostBytes), let size = Int(exactly: status.size) else {
                throw ServiceManagerError(.memory, "it is larger than \(mostBytes) bytes")
            }
            (self.descriptor, self.size) = (descriptor, size)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Calls `body` with the content; no copy of it is made.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) throws(ServiceManagerError) -> Result {
        guard size > 0 else { return unsafe body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard unsafe address != MAP_FAILED, let address = unsafe address else {
            throw Self.failure("cannot be read", errno)
        }
        defer { unsafe munmap(address, size) }
        return unsafe body(UnsafeRawBufferPointer(start: address, count: size))
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> CInt {
        var written = 0
        while written < bytes.count {
            let count = unsafe Glibc.write(
                descriptor,
                bytes.baseAddress.map { unsafe $0 + written },
                bytes.count - written
            )
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            written += count
        }
        return 0
    }

    private static func failure(_ what: String, _ code: CInt) -> ServiceManagerError {
        let reason = unsafe String(cString: strerror(code))
        return ServiceManagerError(.memory, "memory for the next instance \(what): \(reason)")
    }
}

extension SealedMemory {
    /// One piece of what is written.
    package enum Part: Sendable {
        case bytes([UInt8])
        /// Secret text, which is read where it lies.
        case text(String)

        package var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .text(let text): text.utf8.count
            }
        }

        func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            switch self {
            case .bytes(let bytes): return unsafe bytes.withUnsafeBytes { unsafe body($0) }
            case .text(var text): return text.withUTF8 { unsafe body(UnsafeRawBufferPointer($0)) }
            }
        }
    }
}
