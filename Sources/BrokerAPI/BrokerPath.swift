/// The broker's own paths and sockets.
package enum BrokerPath {
    package static let token = "/v1/token"
    package static let profiles = "/v1/profiles"
    package static let verify = "/v1/verify"
    /// On the admin socket: `GET`.
    package static let status = "/v1/status"
    /// On the admin socket: `POST`, with `?profile=NAME` for one or without for all.
    package static let refresh = "/v1/refresh"

    package static let workloadSocket = "/run/iam-broker/workload.sock"
    package static let adminSocket = "/run/iam-broker/admin.sock"
}

/// The version of the whole package.
package let brokerVersion = "0.1.0"
