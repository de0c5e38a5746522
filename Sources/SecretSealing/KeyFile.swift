package import KeyRotation
internal import SecretFiles

/// The file of the sealing key, `rotation.key` in the folder that the configuration calls `state`.
package enum KeyFile {
    /// The name of the file.
    package static let name = "rotation.key"

    /// Reads the key, and makes it when there is none.
    ///
    /// It waits for the disk. Of two who make it at the same time one wins, and both get its key. What one leaves that is killed
    /// meanwhile is a key that nothing was sealed with.
    ///
    /// - Parameter folder: the folder, which is made when it is missing.
    /// - Returns: the key, the same at every start.
    /// - Throws: ``SealError`` when the folder or the file is not safe, is damaged, or cannot be read or written. A file that is there is never
    ///   replaced: what was sealed with its key would be lost.
    package static func key(in folder: String) throws(SealError) -> SealingKey {
        do throws(SecretFileError) {
            let folder = try PrivateFolder(folder)
            if let key = try read(in: folder) { return key }
            let new = try fresh()
            let isOurs = try new.withBytes { bytes throws(SecretFileError) in try folder.create(name, bytes.bytes) }
            if isOurs { return new }
            guard let key = try read(in: folder) else {
                throw SecretFileError(.systemFailure, "\(folder.path)/\(name) was removed while it was read")
            }
            return key
        } catch {
            throw SealError("the sealing key cannot be used: \(error.message)")
        }
    }

    private static func fresh() throws(SecretFileError) -> SealingKey {
        do {
            return try .random()
        } catch {
            throw SecretFileError(.systemFailure, error.message)
        }
    }

    private static func read(in folder: PrivateFolder) throws(SecretFileError) -> SealingKey? {
        var isThere = false
        let key = try SealingKey { span throws(SecretFileError) in isThere = try folder.read(name, into: &span) }
        return isThere ? key : nil
    }
}
