extension StatusResponse {
    /// Where the page is served over TCP.
    package struct Page: Codable, Sendable, Equatable {
        /// An address of the loopback range and a port.
        package var address: String
        /// The path of the file with the access token.
        package var tokenFile: String

        enum CodingKeys: String, CodingKey {
            case address
            case tokenFile = "token_file"
        }

        package init(address: String, tokenFile: String) { (self.address, self.tokenFile) = (address, tokenFile) }
    }
}
