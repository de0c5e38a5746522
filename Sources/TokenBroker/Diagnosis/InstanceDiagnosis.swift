internal import AccessPolicy
package import FoundationEssentials

/// Looks at everything between this daemon and a token, and says what is wrong.
///
/// It asks IBM's services, so it is for operators, and one at a time: whoever asks while one is under way gets its findings.
package actor InstanceDiagnosis {
    private let broker: TokenBroker
    private let identity: IdentityTokens
    private let metadata: ConfiguredMetadata?
    private let iam: any ServiceProbe
    private var underWay: Task<[Finding], Never>?

    /// - Parameters:
    ///   - broker: whose profiles are looked at.
    ///   - identity: the identity of this instance.
    ///   - metadata: the metadata service; `nil` where the identity comes from a file.
    ///   - iam: IAM.
    package init(
        broker: TokenBroker,
        identity: IdentityTokens,
        metadata: ConfiguredMetadata?,
        iam: any ServiceProbe
    ) {
        (self.broker, self.identity, self.metadata, self.iam) = (broker, identity, metadata, iam)
    }

    /// Seconds that the clock of this machine may differ from IAM's.
    ///
    /// A clock that is kept right differs by milliseconds. At half a minute tokens begin to be refused.
    package static let clockTolerance: TimeInterval = 5
    /// How long a profile may take.
    private static let patience: Duration = .seconds(12)

    /// All findings, in the order of what stands on what.
    package func findings() async -> [Finding] {
        if let underWay { return await underWay.value }
        // Unstructured: it belongs to everybody who waits, so none of them may cancel it.
        let task = Task { [broker, identity, metadata, iam] in
            async let instance = Self.instance(identity, metadata)
            async let service = Self.service(iam)
            async let profiles = Self.profiles(broker)
            return await instance + service + profiles
        }
        underWay = task
        let findings = await task.value
        underWay = nil
        return findings
    }

    var isUnderWay: Bool { underWay != nil }

    private static func instance(_ identity: IdentityTokens, _ metadata: ConfiguredMetadata?) async -> [Finding] {
        do {
            guard let metadata else {
                _ = try await identity.token()
                return [Finding(.identity, .ok, "the identity token in the file can be used")]
            }
            let answer = try await identity.use { (token) throws(AcquisitionError) in
                try await metadata.source.metadata(MetadataQuery(path: "instance"), token)
            }
            return [metadata.finding(for: answer)]
        } catch {
            return [Finding(metadata == nil ? .identity : .metadataService, error)]
        }
    }

    private static func service(_ iam: any ServiceProbe) async -> [Finding] {
        do {
            let reading = try await iam.probe()
            return [Finding(.iam, .ok, "\(iam.place) answers"), Finding(clock: reading.clock)]
        } catch {
            return [
                Finding(.iam, error, repair: "curl --verbose --max-time 10 --output /dev/null \(iam.place)"),
                Finding(.clock, .unknown, "IAM, whose clock it would be compared with, did not answer"),
            ]
        }
    }

    private static func profiles(_ broker: TokenBroker) async -> [Finding] {
        let deadline = broker.time.now.boot + patience
        // A profile whose token has life left has just shown that it works.
        let attempted = broker.status.filter { $0.state != .fresh && $0.state != .locked }.map(\.profile)
        await withDiscardingTaskGroup { group in
            for name in attempted {
                group.addTask { _ = await broker.lane(name)?.refresh(deadline: deadline) }
            }
        }
        let isAllLocked = broker.lockOfAll != nil
        return broker.status.map { Finding(profile: $0, isAllLocked: isAllLocked) }
    }
}

extension Finding {
    fileprivate init(clock: ClockComparison?) {
        guard let clock else {
            self.init(.clock, .unknown, "the answer of IAM bears no date")
            return
        }
        let tenths = (abs(clock.offset) * 10).rounded() / 10
        let distance = "\(tenths) s \(clock.offset < 0 ? "behind" : "ahead of") IAM"
        guard abs(clock.offset) - clock.uncertainty > InstanceDiagnosis.clockTolerance else {
            self.init(.clock, .ok, "within \(Int(InstanceDiagnosis.clockTolerance)) s of IAM")
            return
        }
        self.init(
            .clock,
            .fault,
            "the clock of this machine is \(distance); tokens are refused when the two differ too much",
            repair: "sudo timedatectl set-ntp true"
        )
    }

    fileprivate init(profile status: ProfileStatus, isAllLocked: Bool) {
        let name = status.profile.rawValue
        switch (status.state, status.lastError) {
        case (.locked, _):
            let command = isAllLocked ? "iam-broker unlock" : "iam-broker unlock \(name)"
            self.init(.profile, .fault, "an operator locked it", subject: name, repair: command)
        case (.fresh, _):
            let minutes = Int(status.expiresIn ?? 0) / 60
            self.init(.profile, .ok, "linked to this instance: its token is valid for \(minutes) min", subject: name)
        case (.stale, let error?), (.failing, let error?):
            self.init(.profile, error, subject: name)
        case (.absent, _), (.failing, nil), (.stale, nil):
            let command = "iam-broker refresh \(name)"
            self.init(.profile, .unknown, "IBM did not answer in time", subject: name, repair: command)
        }
    }
}
