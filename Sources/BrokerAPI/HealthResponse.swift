/// The answer to `GET /livez` and `GET /readyz` on the admin socket, where JSON is wanted.
///
/// It holds no secrets.
package struct HealthResponse: Codable, Sendable, Equatable {
    /// `ok`, `degraded` (everybody is served, and somebody should look) or `failing`.
    package var status: String
    /// The worst first.
    package var findings: [Finding]

    package init(status: String, findings: [Finding]) {
        (self.status, self.findings) = (status, findings)
    }

    /// One thing to be said.
    package struct Finding: Codable, Sendable, Equatable {
        /// `failing`, `degraded` or `note` (it is as an operator wants it).
        package var severity: String
        /// `profile`, `audit`, `policy`, `listener`, `event_loop`, `sink`, `certificate` or `rotation`.
        package var subject: String
        /// Of the profile, the file and so on; absent where there is only one.
        package var name: String?
        /// What is wrong, for people.
        package var message: String
        /// What to type next, in this order.
        package var commands: [String]

        package init(severity: String, subject: String, name: String?, message: String, commands: [String]) {
            (self.severity, self.subject, self.name) = (severity, subject, name)
            (self.message, self.commands) = (message, commands)
        }

        /// What it is about: `profile reports`.
        package var about: String {
            let subject = subject.split(separator: "_").joined(separator: " ")
            return name.map { "\(subject) \($0)" } ?? subject
        }
    }
}
