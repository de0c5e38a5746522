package import FoundationEssentials
internal import JOSE
internal import SecretFiles

extension CertificateFiles {
    /// Reads back what ``write(_:)`` wrote, and checks it as a new chain is checked.
    ///
    /// - Returns: `nil` when a file is missing.
    /// - Throws: ``CertificateError`` when the files cannot be used any more and are to be replaced: the key does not fit
    ///   the chain, the chain has ended, subject, owner or mode are not those that are wanted now.
    package func current(
        subject: CertificateSubject,
        now: Date,
        roots: TrustRoots? = nil
    ) throws(CertificateError) -> CheckedChain? {
        var texts: [Redacted<String>] = []
        for (file, permissions) in zip(locations, [keyPermissions, chainPermissions, keyPermissions]) {
            guard let text = try Self.read(file, permissions) else { return nil }
            texts.append(text)
        }
        let identityKey = try IdentityKey(pem: texts[0])
        guard let certificates = CertificateDocument.split(texts[1].exposed) else {
            throw CertificateError(.malformedChain, "what \(chain.path) holds is not certificates in PEM")
        }
        let checked = try CheckedChain(
            certificates: certificates,
            key: identityKey,
            subject: subject,
            now: now,
            roots: roots
        )
        for (file, (text, wanted)) in zip(locations, zip(texts, contents(of: checked)))
        where text.exposed != wanted.text {
            throw CertificateError(.filesDisagree, "\(file.path) holds something else than what was written to it")
        }
        return checked
    }

    /// Bytes of a file at most: a chain and a key.
    private static let largest = CheckedChain.largest + 16 * 1_024

    /// The text of a file that has the permissions that are wanted.
    private static func read(
        _ file: FileLocation,
        _ permissions: FilePermissions
    ) throws(CertificateError) -> Redacted<String>? {
        let found = try CertificateError.wrapping { () throws(SecretFileError) in
            try SecretFile(location: file, permissions: permissions).content(limit: largest)
        }
        switch found {
        case .absent: return nil
        case .text(let text): return Redacted(text)
        case .otherPermissions:
            throw CertificateError(.filesDisagree, "owner, group or mode of \(file.path) are not what they shall be")
        case .noFile:
            throw CertificateError(.unsafePlace, "\(file.path) is not a file, or larger than \(largest / 1_024) KiB")
        }
    }
}
