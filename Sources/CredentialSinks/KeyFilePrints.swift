package import JOSE
internal import KeyRotation
package import MessageDigests
internal import SecretFiles

/// Makes the texts by which the contents of key files are recognised.
///
/// Such a text stands in the journal, in the clear. What the broker publishes is random, and a bare digest would tell nobody anything; but a
/// restoration brings back what somebody wrote before there was a broker, perhaps a word that can be guessed, and a digest would confirm
/// the guess. So it is a code under a key (HMAC-SHA256, RFC 2104): without the key it tells nothing.
package struct KeyFilePrints: Sendable {
    private let key: Redacted<[UInt8]>

    /// By a secret of the daemon's that outlives restarts, such as the key under which the journal's values are sealed.
    ///
    /// - Throws: ``DigestError`` when OpenSSL cannot, as when its memory is exhausted.
    package init(derivedFrom secret: Redacted<[UInt8]>) throws(DigestError) {
        // Used for nothing else, whatever else the secret is used for.
        let purpose = Array("iam-broker: prints of key files, 1".utf8)
        key = Redacted(try HMACSHA256.code(of: purpose, key: secret.exposed).bytes)
    }

    /// The print of a file that is so; of no file it has no text.
    ///
    /// Owner, group and mode are part of it: a file that others may read is not what was published.
    func print(_ snapshot: RevertibleFile.Snapshot?, _ rotation: RotationID) throws(DigestError) -> SinkPrint {
        guard let snapshot else { return SinkPrint(rotation: rotation, text: "") }
        let head = "\(snapshot.owner) \(snapshot.group) \(snapshot.mode)\n"
        let code = try HMACSHA256.code(of: Array(head.utf8) + snapshot.bytes, key: key.exposed)
        return SinkPrint(rotation: rotation, text: code.hexadecimal)
    }
}
