internal import JOSE
internal import SecretFiles

/// The files that programs read key and certificates from.
///
/// Each is replaced as a whole. Key and chain are two files, so a program may read a new key and an old chain in between;
/// the bundle, which has both, is for programs that cannot bear that.
package struct CertificateFiles: Sendable, Hashable {
    let key: FileLocation
    let chain: FileLocation
    let bundle: FileLocation?
    let keyPermissions: FilePermissions
    let chainPermissions: FilePermissions

    /// Names the files.
    ///
    /// - Parameters:
    ///   - key: The private key.
    ///   - chain: All certificates, the instance's own first.
    ///   - bundle: The key and then the chain, with the permissions of the key.
    ///   - owner: Whose all files shall be; `nil`: who writes them.
    ///   - group: The group of all files; `nil`: that of who writes them.
    ///   - mode: The mode of key and bundle: 0600, or 0400, 0440 or 0640. The chain has 0644.
    /// - Throws: ``CertificateError`` for what is no path of a file, and for a mode that shows a key to others.
    package init(
        key: String,
        chain: String,
        bundle: String? = nil,
        owner: UInt32? = nil,
        group: UInt32? = nil,
        mode: UInt32 = 0o600
    ) throws(CertificateError) {
        (self.key, self.chain, self.bundle, keyPermissions) = try CertificateError.wrapping {
            () throws(SecretFileError) in
            (
                try FileLocation(key), try FileLocation(chain), try bundle.map(FileLocation.init),
                try .secret(owner: owner, group: group, mode: mode)
            )
        }
        chainPermissions = .readable(owner: owner, group: group)
    }

    /// Refuses, before anything is asked for, places where ``write(_:)`` would fail or a key would not be safe.
    package func check() throws(CertificateError) {
        let permissions = [keyPermissions, chainPermissions, keyPermissions]
        let opened = try open()
        try CertificateError.wrapping { () throws(SecretFileError) in
            for (target, permissions) in zip(opened, permissions) {
                // It goes away with the object; the disk and the owner have shown what they allow.
                _ = try StagedFile("", for: target.file, permissions, in: target.folder)
            }
        }
    }

    /// Writes the key, then the chain, then the bundle.
    ///
    /// Until all are written under other names nothing is replaced. When the renames themselves fail, key and chain may
    /// disagree until the next success; ``current(subject:now:roots:)`` tells.
    package func write(_ checked: CheckedChain) throws(CertificateError) {
        let contents = contents(of: checked)
        let opened = try open()
        try CertificateError.wrapping { () throws(SecretFileError) in
            var staged: [StagedFile] = []
            for (target, content) in zip(opened, contents) {
                staged.append(try StagedFile(content.text, for: target.file, content.permissions, in: target.folder))
            }
            for file in staged { try file.commit() }
        }
    }

    /// What each file holds, in the order of ``locations``.
    func contents(of checked: CheckedChain) -> [(text: String, permissions: FilePermissions)] {
        let key = checked.key.pem.exposed
        let all = [(key, keyPermissions), (checked.pem, chainPermissions), (key + checked.pem, keyPermissions)]
        return all.prefix(locations.count).map { (text: $0.0, permissions: $0.1) }
    }

    /// The files, as they were named.
    package var paths: [String] { locations.map(\.path) }

    var locations: [FileLocation] { [key, chain] + (bundle.map { [$0] } ?? []) }

    /// Each file with its folder, opened.
    private func open() throws(CertificateError) -> [(file: FileLocation, folder: SecretFolder)] {
        var opened: [(file: FileLocation, folder: SecretFolder)] = []
        for file in locations {
            let folder = try CertificateError.wrapping { () throws(SecretFileError) in
                try SecretFolder(file.folder, owner: keyPermissions.owner)
            }
            guard !opened.contains(where: { $0.file.name == file.name && $0.folder.identity == folder.identity }) else {
                throw CertificateError(.unsafePlace, "\(file.path) is named twice: each file needs a name of its own")
            }
            opened.append((file, folder))
        }
        return opened
    }
}
