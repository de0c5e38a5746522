internal import JOSE
internal import TokenBroker

/// The token that etcd gave for user and password, and when another one is asked for.
///
/// One asks, however many want it. A wrong password is not sent again and again: etcd makes it expensive to check on purpose.
actor EtcdLogin {
    private let time: any TimeSource
    private let authenticate: @Sendable () async -> Result<Redacted<String>, EtcdError>
    private var token: Redacted<String>?
    private var flight: Task<Result<Redacted<String>, EtcdError>, Never>?
    private var refusal: (error: EtcdError, until: Duration)?

    /// How long a refusal holds.
    static let patience = Duration.seconds(30)

    init(
        time: any TimeSource,
        authenticate: @escaping @Sendable () async -> Result<Redacted<String>, EtcdError>
    ) {
        (self.time, self.authenticate) = (time, authenticate)
    }

    /// A token other than the one that was `refused`.
    func token(insteadOf refused: Redacted<String>?) async throws(EtcdError) -> Redacted<String> {
        if let token, token != refused { return token }
        if let refusal, time.now.boot < refusal.until { throw refusal.error }
        // Unstructured: it belongs to all who wait, so none may cancel it. Its deadline ends it.
        let task = flight ?? Task { await authenticate() }
        flight = task
        let result = await task.value
        if flight == task {
            flight = nil
            switch result {
            case .success(let fresh): (token, refusal) = (fresh, nil)
            case .failure(let error) where error.code == .refused:
                (token, refusal) = (nil, (error, time.now.boot + Self.patience))
            case .failure: break
            }
        }
        return try result.get()
    }
}
