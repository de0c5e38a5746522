internal import BrokerServer
internal import JOSE
internal import SecretFiles

/// The file in which operators find the page's access token: beside the admin socket, for those who may use that.
struct PageTokenFile: Sendable {
    private let file: SecretFile

    /// - Parameter admin: the admin socket.
    /// - Throws: ``SecretFileError`` when its folder cannot hold the file.
    init(beside admin: SocketFile) throws(SecretFileError) {
        let folder = admin.path.prefix(upTo: admin.path.lastIndex(of: "/") ?? admin.path.startIndex)
        file = SecretFile(
            location: try FileLocation(folder + "/page-token"),
            permissions: try .secret(group: admin.group, mode: 0o640)
        )
    }

    var path: String { file.location.path }

    /// Writes the token of this run in the place of the one before.
    func write(_ token: Redacted<String>) throws(SecretFileError) {
        // The token goes to whoever may read the file.
        try file.stage(token.exposed + "\n").commit()
    }

    /// Takes the file away: its token opens nothing any more.
    func remove() throws(SecretFileError) { _ = try file.remove() }
}
