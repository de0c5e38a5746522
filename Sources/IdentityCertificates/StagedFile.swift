internal import Glibc

/// A file that is written, but does not have its name yet.
///
/// Unless it gets its name it is removed with this object.
final class StagedFile {
    private let folder: KeyFolder
    private let file: FileLocation
    private let temporaryName: String
    private var isPending = true

    /// Writes `content` to a new file in the folder of `file`.
    init(
        _ content: String,
        for file: FileLocation,
        _ permissions: FilePermissions,
        in folder: KeyFolder
    ) throws(CertificateError) {
        try folder.check(file)
        (self.folder, self.file) = (folder, file)
        temporaryName = ".iam-broker-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        let descriptor: Int32
        do {
            descriptor = try folder.create(temporaryName, for: file)
        } catch {
            isPending = false
            throw error
        }
        defer { _ = close(descriptor) }
        try set(permissions, of: descriptor)
        try write(content, to: descriptor)
        guard fsync(descriptor) == 0 else { throw KeyFolder.failure("cannot write \(file.path)", errno) }
    }

    deinit {
        if isPending { folder.remove(temporaryName) }
    }

    /// Gives the file its name, in the place of what had it.
    func commit() throws(CertificateError) {
        try folder.rename(temporaryName, to: file)
        isPending = false
        try folder.synchronize()
    }

    private func set(_ permissions: FilePermissions, of descriptor: Int32) throws(CertificateError) {
        if permissions.owner != nil || permissions.group != nil {
            // chown(2): all bits set leaves it as it is.
            guard fchown(descriptor, permissions.owner ?? .max, permissions.group ?? .max) == 0 else {
                throw KeyFolder.failure("cannot give \(file.path) to another owner or group", errno)
            }
        }
        guard fchmod(descriptor, permissions.mode) == 0 else {
            throw KeyFolder.failure("cannot set the mode of \(file.path)", errno)
        }
    }

    private func write(_ content: String, to descriptor: Int32) throws(CertificateError) {
        var rest = Array(content.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                throw KeyFolder.failure("cannot write \(file.path)", count == 0 ? ENOSPC : errno)
            }
        }
    }
}
