internal import BrokerAPI

/// Whether processes can go around the broker.
struct FirewallDiagnosis {
    private let daemon: DiagnosisResponse?

    /// Expects the rules for the daemon that gave `answer`, or the defaults without one.
    init(_ answer: DiagnosisResponse?) {
        daemon = answer
    }

    var finding: DiagnosisResponse.Finding {
        do {
            return try examine()
        } catch {
            return Self.finding(
                "unknown",
                error.message,
                repair: error.exitCode == .refused ? "sudo iam-broker doctor" : nil
            )
        }
    }

    private func examine() throws(CommandFailure) -> DiagnosisResponse.Finding {
        let user: SystemUser
        if let uid = daemon?.uid {
            user = SystemUser(uid: uid, name: nil)
        } else {
            user = try SystemUser(FirewallOptions.defaultUser)
        }
        var differences: [FirewallDifference] = []
        for rules in candidates(user) {
            switch FirewallTable(rules: rules).state() {
            case .equal: return try behind(rules)
            case .absent:
                return Self.finding(
                    "fault",
                    "there is no table \(FirewallRules.table): every process reaches \(FirewallRules.address) "
                        + "and gets tokens without the broker",
                    repair: repair(user)
                )
            case .differs(let found): if differences.isEmpty { differences = found }
            case .unavailable(let reason): throw reason
            }
        }
        return Self.finding(
            "fault",
            "the table \(FirewallRules.table) is not the one for this daemon: \(differences.count) differences; "
                + "see them with: sudo iam-broker firewall check\(arguments(user))",
            repair: repair(user)
        )
    }

    /// Who passes the right table all the same, and who gets what it redirects.
    private func behind(_ rules: FirewallRules) throws(CommandFailure) -> DiagnosisResponse.Finding {
        if let stranger = try LoopbackListener.stranger(behind: rules) {
            return Self.finding(
                "fault",
                "uid \(stranger.uid) listens in the broker's place, and gets what programs send to \(FirewallRules.address); "
                    + "stop that program"
            )
        }
        if let other = try OtherProcesses.all(as: rules.broker).first {
            return Self.finding(
                "fault",
                "\(other.description) runs as the broker's user, \(rules.broker.description), so it reaches "
                    + "\(FirewallRules.address) as the broker does; give one of them another user"
            )
        }
        return Self.finding("ok", rules.summary)
    }

    /// Both forms keep others away; the redirection has to lead to this daemon.
    private func candidates(_ user: SystemUser) -> [FirewallRules] {
        let port = daemon == nil ? FirewallOptions.defaultPort : daemon?.metadataPort.flatMap { UInt16(exactly: $0) }
        let redirected = port.flatMap { $0 == 0 ? nil : FirewallRules(broker: user, others: .redirected(port: $0)) }
        return (redirected.map { [$0] } ?? []) + [FirewallRules(broker: user, others: .rejected)]
    }

    private func repair(_ user: SystemUser) -> String {
        "sudo iam-broker firewall apply\(arguments(user))"
    }

    /// Without a loopback listener there is nothing to redirect to.
    private func arguments(_ user: SystemUser) -> String {
        var options = FirewallOptions()
        options.user = user.name ?? String(user.uid)
        options.reject = daemon != nil && daemon?.metadataPort == nil
        options.port = options.reject ? nil : daemon?.metadataPort.flatMap { UInt16(exactly: $0) }
        return options.arguments
    }

    private static func finding(_ state: String, _ message: String, repair: String? = nil) -> DiagnosisResponse.Finding
    {
        DiagnosisResponse.Finding(check: "firewall", state: state, message: message, repair: repair)
    }
}
