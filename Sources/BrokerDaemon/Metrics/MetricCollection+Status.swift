internal import BrokerAPI
internal import BrokerMetrics

// What operators are told by `GET /v1/status` and `GET /v1/rotations`, as numbers.
extension MetricCollection {
    /// Adds a value that may be unknown, and is left out then.
    mutating func add(_ family: MetricFamily, _ label: String, known value: Double?) {
        if let value { add(family, label, value: value) }
    }

    mutating func add(_ family: MetricFamily, known value: Double?) {
        if let value { add(family, value: value) }
    }

    mutating func add(_ status: StatusResponse, now: Double) {
        add(.buildInformation, status.version, value: 1)
        for profile in status.profiles { add(profile) }
        for key in status.signingKeys ?? [] {
            add(.signingKeyAge, key.keyID, key.state, value: Double(key.firstSeenAgo))
            add(.signingKeyLastSeen, key.keyID, value: Double(key.lastSeenAgo))
        }
        if let policy = status.policy {
            add(.policyGeneration, value: Double(policy.generation))
            add(.policyLoaded, value: Double(policy.loadedAt))
            add(.policyReloadSuccess, value: policy.lastError == nil ? 1 : 0)
        }
        if let audit = status.audit {
            add(.auditWritten, value: Double(audit.written))
            add(.auditQueued, value: Double(audit.queued))
            add(.auditLost, value: Double(audit.lost))
            add(.auditFailing, value: audit.isFailing ? 1 : 0)
        }
        for certificate in status.certificates ?? [] {
            add(.certificateState, certificate.name, state: certificate.state)
            add(.certificateRemaining, certificate.name, value: Double(max(0, certificate.expiresIn ?? 0)))
        }
        for sink in status.sinks ?? [] {
            add(.sinkState, sink.name, state: sink.state)
            add(.sinkRemaining, sink.name, value: Double(max(0, sink.expiresIn ?? 0)))
        }
    }

    private mutating func add(_ profile: StatusResponse.Profile) {
        add(.profileState, profile.name, state: profile.state)
        add(.breakerState, profile.name, state: profile.breaker)
        add(.tokenRemaining, profile.name, value: Double(max(0, profile.expiresIn ?? 0)))
        add(.tokenNextAttempt, profile.name, known: profile.nextAttemptIn.map(Double.init))
        add(.consecutiveFailures, profile.name, value: Double(profile.consecutiveFailures))
    }

    mutating func add(_ plan: RotationsResponse.Plan, now: Double) {
        add(.rotationState, plan.name, state: plan.state)
        add(.rotationFailures, plan.name, value: Double(plan.failures))
        add(.rotationNextStart, plan.name, known: plan.nextAt.map(Double.init))
        add(.rotationLastSuccess, plan.name, known: plan.lastSuccess.map(Double.init))
        add(.rotationKeyMaximumAge, plan.name, known: plan.maximumAge.map(Double.init))
        // The clock may have been set back.
        add(.rotationKeyAge, plan.name, known: plan.key.map { max(0, now - Double($0.createdAt)) })
        if let rotation = plan.rotation {
            add(.rotationPhaseAge, plan.name, rotation.phase, value: max(0, now - Double(rotation.since)))
            add(.rotationAttempts, plan.name, value: Double(rotation.attempts))
        }
    }
}
