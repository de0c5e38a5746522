internal import DaemonConfiguration
internal import FoundationEssentials
internal import IdentityCertificates
internal import TokenBroker

/// Does to the world what keeping one certificate takes.
struct CertificateRenewal: Sendable {
    private let setting: CertificateSetting
    private let issuer: InstanceCertificates
    /// The lock of all that is in force.
    private let lock: @Sendable () -> ProfileLock?
    private let time: any TimeSource
    private let work: BlockingWork

    init(
        _ setting: CertificateSetting,
        issuer: InstanceCertificates,
        lock: @escaping @Sendable () -> ProfileLock?,
        time: any TimeSource
    ) {
        (self.setting, self.issuer, self.lock, self.time) = (setting, issuer, lock, time)
        work = BlockingWork(label: "certificate \(setting.name)")
    }

    var actions: CertificateLane.Actions {
        CertificateLane.Actions(current: current, renew: renew, reload: reload)
    }

    /// What the files have; whatever cannot be used is renewed, so why is of no interest.
    private func current() async -> CertificateLane.Held? {
        let now = time.now.wall
        let read = await work.run { [setting] () -> CheckedChain? in
            try? setting.files.current(subject: setting.subject, now: now, roots: setting.roots)
        }
        return read.flatMap { $0 }.map { CertificateLane.Held($0, obtained: $0.notBefore) }
    }

    private func renew() async throws(UpkeepFailure) -> CertificateLane.Held {
        if let lock = lock() { throw UpkeepFailure(lock.messageForInstance, isLasting: true) }
        let (key, request) = try await blocking { [setting] () throws(CertificateError) in
            try setting.files.check()
            let key = try IdentityKey(generating: setting.keyType)
            return (key, try CertificateSigningRequest(subject: setting.subject, key: key))
        }
        let obtained = time.now.wall
        let issued: IssuedCertificate
        do {
            issued = try await issuer.certificate(
                CertificateRequest(signingRequest: request.pem, lifetime: setting.lifetime)
            )
        } catch {
            throw UpkeepFailure(error)
        }
        // A lock that came meanwhile holds for what comes after it, too.
        if let lock = lock() { throw UpkeepFailure(lock.messageForInstance, isLasting: true) }
        let now = time.now.wall
        let chain = try await blocking { [setting] () throws(CertificateError) in
            let chain = try CheckedChain(
                certificates: issued.chain,
                key: key,
                subject: setting.subject,
                now: now,
                roots: setting.roots
            )
            try setting.files.write(chain)
            return chain
        }
        return CertificateLane.Held(chain, obtained: obtained)
    }

    private func reload() async throws(UpkeepFailure) {
        guard let words = setting.reload else { return }
        try await work.call(words, as: "reload")
    }

    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(CertificateError) -> Value
    ) async throws(UpkeepFailure) -> Value {
        switch await work.run({ Result { () throws(CertificateError) in try body() } }) {
        case .success(let value): return value
        case .failure(let error): throw UpkeepFailure(error)
        case nil: throw .cancelled
        }
    }
}

extension CertificateSchedule.Held {
    fileprivate init(_ chain: CheckedChain, obtained: Date) {
        self.init(serial: chain.serial, obtained: obtained, expires: chain.usableUntil)
    }
}
