/// The broker's own paths and sockets.
package enum BrokerPath {
    package static let token = "/v1/token"
    /// `GET`, with `?profile=NAME&after=EXPIRES_AT`.
    package static let tokenWatch = "/v1/token/watch"
    package static let profiles = "/v1/profiles"
    package static let verify = "/v1/verify"
    /// Followed by `/`, the local name of a profile and one of IBM's paths: what that path gives, of that profile alone.
    package static let bound = "/v1/bound"
    /// On the admin socket: `GET`.
    package static let status = "/v1/status"
    /// On the admin socket: `GET`.
    package static let diagnosis = "/v1/diagnosis"
    /// On the admin socket: `GET`, with `?refresh=SECONDS` or without; HTML.
    package static let page = "/"
    /// On the admin socket: `GET`.
    package static let activity = "/v1/activity"
    /// On the admin socket: `GET`, with `?format=json` or without.
    package static let live = "/livez"
    /// On the admin socket: `GET`, with `?format=json` or without.
    package static let ready = "/readyz"
    /// On the admin socket: `POST`, with `?profile=NAME` for one or without for all.
    package static let refresh = "/v1/refresh"
    /// On the admin socket: `GET`, with `?pid=N&profile=NAME`.
    package static let explain = "/v1/explain"
    /// On the admin socket: `GET`, followed by the ID of a decision.
    package static let decisions = "/v1/decisions/"
    /// On the admin socket: `POST`, with `?profile=NAME` for one or without for all.
    package static let lock = "/v1/lock"
    /// On the admin socket: `POST`, with `?profile=NAME` for one or without for all.
    package static let unlock = "/v1/unlock"
    /// On the admin socket: `GET`; `POST` with `?level=LEVEL&for=SECONDS`, the second of them optional.
    package static let logLevel = "/v1/log-level"
    /// On the admin socket: `GET`, with `?plan=NAME` for one or without for all.
    package static let rotations = "/v1/rotations"
    /// On the admin socket: `GET`, with `?plan=NAME&limit=N`, both of them optional.
    package static let rotationHistory = "/v1/rotations/history"
    /// On the admin socket: `GET`, with `?plan=NAME`.
    package static let rotationPlan = "/v1/rotations/plan"
    /// On the admin socket: `GET`, with `?plan=NAME&count=N`.
    package static let rotationNext = "/v1/rotations/next"
    /// On the admin socket: `GET`; `DELETE` with `?plan=NAME&key=ID`.
    package static let rotationOrphans = "/v1/rotations/orphans"
    /// On the admin socket: `POST`, with `?plan=NAME&when=now`, or `when=allowed` for when windows and blackouts allow it.
    package static let rotationRun = "/v1/rotations/run"
    /// On the admin socket: `POST`, with `?plan=NAME`.
    package static let rotationPause = "/v1/rotations/pause"
    /// On the admin socket: `POST`, with `?plan=NAME`.
    package static let rotationResume = "/v1/rotations/resume"
    /// On the admin socket: `POST`, with `?plan=NAME`.
    package static let rotationRollback = "/v1/rotations/rollback"
    /// On the admin socket: `POST`, with `?plan=NAME&as=CONSUMER`.
    package static let rotationAcknowledge = "/v1/rotations/acknowledge"
    /// On the admin socket: `POST`, with `?plan=NAME`.
    package static let rotationRelease = "/v1/rotations/release"
    /// On the admin socket: `GET`.
    package static let fleet = "/v1/fleet"
    /// On the admin socket: `POST`, with `?node=NAME`.
    package static let fleetDrain = "/v1/fleet/drain"
    /// On the admin socket: `POST`, with `?node=NAME`.
    package static let fleetUndrain = "/v1/fleet/undrain"
    /// On the admin socket: `POST`, with `?node=NAME`.
    package static let fleetForget = "/v1/fleet/forget"
    /// On the admin socket, and on the listener of `listen.metrics`: `GET`.
    package static let metrics = "/metrics"

    package static let workloadSocket = "/run/iam-broker/workload.sock"
    package static let adminSocket = "/run/iam-broker/admin.sock"
}

/// The version of the whole package.
package let brokerVersion = "0.1.0"
