/// The answer to `GET /v1/diagnosis` on the admin socket: what the daemon found between itself and a token.
///
/// It holds no secrets.
package struct DiagnosisResponse: Codable, Sendable, Equatable {
    package var version: String
    /// The user that the daemon runs as.
    package var uid: UInt32
    /// The port of 127.0.0.1 where programs that know only the metadata service are served; absent without one.
    package var metadataPort: Int?
    package var findings: [Finding]

    /// What was found about one thing.
    package struct Finding: Codable, Sendable, Equatable {
        /// What was looked at, such as `metadata_service`; newer daemons may look at more.
        package var check: String
        /// Which one of several, such as a profile's name.
        package var subject: String?
        /// `ok`, `fault`, or `unknown`: nobody can tell.
        package var state: String
        /// For people.
        package var message: String
        /// The command that mends it, where there is one.
        package var repair: String?

        package init(check: String, subject: String? = nil, state: String, message: String, repair: String? = nil) {
            (self.check, self.subject, self.state) = (check, subject, state)
            (self.message, self.repair) = (message, repair)
        }
    }

    enum CodingKeys: String, CodingKey {
        case version, uid, findings
        case metadataPort = "metadata_port"
    }

    package init(version: String, uid: UInt32, metadataPort: Int?, findings: [Finding]) {
        (self.version, self.uid, self.metadataPort, self.findings) = (version, uid, metadataPort, findings)
    }
}
