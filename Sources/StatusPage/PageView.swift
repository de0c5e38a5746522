internal import BrokerAPI

/// What the template asks for, by the names it asks with.
struct PageView {
    private let material: PageMaterial
    private var status: StatusResponse { material.status }
    private var activity: ActivityResponse { material.activity }

    /// Rows of a table at most: a page is to be read.
    private static let mostRows = 20

    init(_ material: PageMaterial) { self.material = material }

    var values: [String: PageValue] {
        let chart = ActivityChart(activity.minutes)
        var values: [String: PageValue] = [
            "version": .text(status.version),
            "now": .text(PageTime.date(activity.now)),
            "refresh": .optional(material.refresh.map(String.init)),
            "profiles": .list(status.profiles.map(profile)),
            "outcomes": .list(activity.profiles.map(outcomes) + [outcomes(nil, activity.elsewhere)]),
            "workloads": .list(activity.workloads.prefix(Self.mostRows).map(workload)),
            "hasWorkloads": .flag(!activity.workloads.isEmpty),
            "moreWorkloads": .optional(others),
            "denials": .list(activity.lastDenials.prefix(Self.mostRows).map(denial)),
            "hasDenials": .flag(!activity.lastDenials.isEmpty),
            "rotations": .list(material.rotations.map { RotationView($0, now: activity.now).values }),
            "hasRotations": .flag(!material.rotations.isEmpty),
            "keys": .list((status.signingKeys ?? []).map(key)),
            "hasKeys": .flag(!(status.signingKeys ?? []).isEmpty),
            "sinks": .list((status.sinks ?? []).map(sink)),
            "hasSinks": .flag(!(status.sinks ?? []).isEmpty),
            "certificates": .list((status.certificates ?? []).map(certificate)),
            "hasCertificates": .flag(!(status.certificates ?? []).isEmpty),
            "configuration": .list(material.configuration.map(section)),
        ]
        for more in [health, chart.values, fleet] { values.merge(more) { _, new in new } }
        return values
    }

    private var fleet: [String: PageValue] {
        switch material.fleet {
        case nil: ["hasFleet": .flag(false)]
        case .read(let fleet):
            FleetView(fleet, now: activity.now).values
                .merging(["hasFleet": .flag(true), "isFleetRead": .flag(true)]) { _, new in new }
        case .unread(let why):
            [
                "hasFleet": .flag(true), "fleetTitle": .text("Fleet"), "isFleetRead": .flag(false),
                "fleetTrouble": .text(why),
            ]
        }
    }

    // MARK: Health

    private var health: [String: PageValue] {
        let findings = status.health?.findings ?? []
        let verdict = status.health?.status ?? "failing"
        let words =
            switch verdict {
            case "ok": "Ready: all who may have tokens get them."
            case "degraded": "Ready, but look at this:"
            default: "Not ready:"
            }
        return [
            "verdict": .text(verdict), "verdictWords": .text(words), "hasFindings": .flag(!findings.isEmpty),
            "findings": .list(
                findings.map { finding in
                    [
                        "severity": .text(finding.severity), "about": .text(finding.about),
                        "message": .text(finding.message), "hasCommands": .flag(!finding.commands.isEmpty),
                        "commands": .list(finding.commands.map { ["command": .text($0)] }),
                    ]
                }
            ),
        ]
    }

    // MARK: Tokens

    private static func nextRefresh(of profile: StatusResponse.Profile) -> String {
        if profile.state == "locked" { return "when unlocked" }
        return profile.nextAttemptIn.map { "in " + PageTime.span($0) } ?? "when asked for"
    }

    private func profile(_ profile: StatusResponse.Profile) -> [String: PageValue] {
        let share = profile.lifeShare
        let mark = profile.refreshShare
        var label = share.map { "\(Self.percent($0)) % of its life remains" } ?? ""
        if let mark { label += ", renewed at \(Self.percent(mark)) %" }
        return [
            "name": .text(profile.name), "state": .text(profile.state),
            "hasToken": .flag(share != nil),
            "left": .text(share.map { "\(Self.percent($0))" } ?? ""),
            "mark": .optional(mark.map { "\(min(Self.percent($0), 99))" }),
            "label": .text(label),
            "expiresIn": .text(profile.expiresIn.map(PageTime.span) ?? "no token"),
            "next": .text(Self.nextRefresh(of: profile)),
            "error": .optional(profile.lastError),
            "failures": .text("\(profile.consecutiveFailures)"),
        ]
    }

    private static func percent(_ share: Double) -> Int { Int((share * 100).rounded(.down)) }

    private func outcomes(_ profile: ActivityResponse.Profile) -> [String: PageValue] {
        outcomes(profile.name, profile.outcomes)
    }

    /// Those of no profile have no name.
    private func outcomes(_ name: String?, _ counts: [String: Int]) -> [String: PageValue] {
        func count(_ outcome: String) -> PageValue { .text(PageNumber.text(counts[outcome] ?? 0)) }
        return [
            "name": .text(name ?? "anything else"), "released": count("released"), "denied": count("denied"),
            "limited": count("rate_limited"), "unattested": count("not_attested"), "locked": count("locked"),
            "unavailable": count("unavailable"),
        ]
    }

    // MARK: Callers

    private func workload(_ share: ActivityResponse.Share) -> [String: PageValue] {
        [
            "kind": .text(share.workload.kind), "who": .text(share.workload.name ?? "uid \(share.workload.userID)"),
            "uid": .text("\(share.workload.userID)"), "profile": .text(share.profile),
            "released": .text(PageNumber.text(share.released)),
        ]
    }

    private var others: String? {
        let hidden = activity.workloads.dropFirst(Self.mostRows)
        let tokens = hidden.reduce(activity.releasedToOthers) { $0 &+ $1.released }
        return tokens == 0 ? nil : "\(PageNumber.text(tokens)) more tokens went to others."
    }

    private func denial(_ denial: ActivityResponse.Denial) -> [String: PageValue] {
        let who = denial.workload.map { $0.name ?? "" } ?? ""
        return [
            "ago": .text(PageTime.ago(denial.lastAt, now: activity.now)),
            "who": .text(who.isEmpty ? "uid \(denial.userID)" : "\(who) (uid \(denial.userID))"),
            "profile": .text(denial.profile ?? "none"), "message": .text(denial.message),
            "count": .text(PageNumber.text(denial.count)), "decision": .text(denial.decision),
        ]
    }

    // MARK: What is kept up

    private func key(_ key: StatusResponse.SigningKey) -> [String: PageValue] {
        [
            "id": .text(key.keyID), "state": .text(key.state),
            "first": .text(PageTime.span(key.firstSeenAgo) + " ago"),
            "last": .text(PageTime.span(key.lastSeenAgo) + " ago"),
            "ends": .text(key.lastTokenEndsIn.map { $0 == 0 ? "ended" : "in " + PageTime.span($0) } ?? "none"),
        ]
    }

    private func sink(_ sink: StatusResponse.Sink) -> [String: PageValue] {
        [
            "name": .text(sink.name), "state": .text(sink.state), "profile": .text(sink.profile),
            "path": .text(sink.path), "expires": .text(sink.expiresIn.map { "in " + PageTime.span($0) } ?? "none"),
            "error": .optional(sink.lastError),
        ]
    }

    private func certificate(_ certificate: StatusResponse.Certificate) -> [String: PageValue] {
        [
            "name": .text(certificate.name), "state": .text(certificate.state),
            "serial": .text(certificate.serial ?? "none"),
            "expires": .text(certificate.expiresIn.map { "in " + PageTime.span($0) } ?? "none"),
            "next": .text("in " + PageTime.span(certificate.nextAttemptIn)), "error": .optional(certificate.lastError),
        ]
    }

    private func section(_ section: PageMaterial.ConfigurationSection) -> [String: PageValue] {
        [
            "title": .text(section.title),
            "entries": .list(section.entries.map { ["name": .text($0.name), "value": .text($0.value)] }),
        ]
    }
}
