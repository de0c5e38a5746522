internal import BrokerAPI
internal import BrokerServer
internal import SecretFiles

/// What belongs to the page over TCP: its address, its access token, and the file of that.
struct PageTCP: Sendable {
    let address: ListenAddress
    let access = PageAccess()
    let file: PageTokenFile
    private let board: ListenerBoard

    /// - Parameters:
    ///   - address: of the loopback range.
    ///   - admin: the admin socket, beside which the file lies.
    ///   - board: knows the port once there is one.
    /// - Throws: ``SecretFileError`` when the file cannot lie there.
    init(_ address: ListenAddress, beside admin: SocketFile, _ board: ListenerBoard) throws(SecretFileError) {
        (self.address, self.board) = (address, board)
        file = try PageTokenFile(beside: admin)
    }

    /// For operators; `nil` while nothing listens.
    var status: StatusResponse.Page? {
        board.port(of: "page on \(address)")
            .map {
                StatusResponse.Page(address: "\(ListenAddress(host: address.host, port: $0))", tokenFile: file.path)
            }
    }
}
