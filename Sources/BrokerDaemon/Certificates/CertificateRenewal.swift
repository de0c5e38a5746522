internal import DaemonConfiguration
internal import FoundationEssentials
internal import IdentityCertificates
internal import SystemPrograms
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

    /// How long the program may take that makes others read the files again.
    private static let reloadTime: Duration = .seconds(30)
    /// Bytes of its output, which is not used.
    private static let reloadOutput = 1 << 20

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

    private func renew() async throws(CertificateFailure) -> CertificateLane.Held {
        if let lock = lock() { throw CertificateFailure(lock.messageForInstance, isLasting: true) }
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
            throw CertificateFailure(error)
        }
        // A lock that came meanwhile holds for what comes after it, too.
        if let lock = lock() { throw CertificateFailure(lock.messageForInstance, isLasting: true) }
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

    private func reload() async throws(CertificateFailure) {
        guard let words = setting.reload, let program = words.first else { return }
        let run = await work.run { () -> Result<ProgramRun, ProgramError> in
            Result { () throws(ProgramError) in
                try ProgramRun(
                    program,
                    Array(words.dropFirst()),
                    limits: ProgramRun.Limits(output: Self.reloadOutput, time: Self.reloadTime)
                )
            }
        }
        switch run {
        case .success(let run):
            guard run.end == .exited(0) else { throw CertificateFailure("reload: \(program) ended with \(run.end)") }
        case .failure(let error): throw CertificateFailure("reload: \(error)", isLasting: error.code == .cannotStart)
        case nil: throw .cancelled
        }
    }

    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(CertificateError) -> Value
    ) async throws(CertificateFailure) -> Value {
        switch await work.run({ Result { () throws(CertificateError) in try body() } }) {
        case .success(let value): return value
        case .failure(let error): throw CertificateFailure(error)
        case nil: throw .cancelled
        }
    }
}

extension CertificateFailure {
    fileprivate static let cancelled = CertificateFailure("the daemon stops")
}

extension CertificateSchedule.Held {
    fileprivate init(_ chain: CheckedChain, obtained: Date) {
        self.init(serial: chain.serial, obtained: obtained, expires: chain.usableUntil)
    }
}
