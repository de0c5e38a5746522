internal import AccessPolicy
internal import BrokerAPI
internal import FoundationEssentials

extension ActivityResponse {
    /// Denials at most.
    static let mostDenials = 50

    /// What is known now, for the wire.
    init(_ recorder: ActivityRecorder, _ records: DecisionRecords, now: Date) {
        let activity = recorder.activity
        self.init(
            now: Int(now.timeIntervalSince1970),
            profiles: activity.profiles.map { profile in
                Profile(name: profile.rawValue, outcomes: Self.outcomes(activity, profile))
            },
            elsewhere: Self.outcomes(activity, nil),
            workloads: activity.shares.map(Share.init).sorted(by: Self.isBefore),
            releasedToOthers: Int(clamping: activity.releasedToOthers),
            refusals: activity.denials
                .map { Refusals(profile: $0.profile?.rawValue, reason: $0.reason, count: Int(clamping: $0.count)) }
                .sorted { ($1.count, $0.reason, $0.profile ?? "") < ($0.count, $1.reason, $1.profile ?? "") },
            lastDenials: records.newest(Self.mostDenials).map(Denial.init),
            minutes: recorder.minutes.map { start, minute in
                Minute(start: start, released: Int(clamping: minute.released), refused: Int(clamping: minute.refused))
            }
        )
    }

    private static func outcomes(_ activity: Activity, _ profile: ProfileName?) -> [String: Int] {
        let outcomes = HandoutOutcome.allCases.map { ($0.rawValue, Int(clamping: activity.count(of: $0, profile))) }
        return Dictionary(uniqueKeysWithValues: outcomes)
    }

    private static func isBefore(_ first: Share, _ second: Share) -> Bool {
        // Equal shares keep their places from one answer to the next.
        let (a, b) = (first.workload, second.workload)
        return (second.released, a.kind, a.name ?? "", a.userID, first.profile)
            < (first.released, b.kind, b.name ?? "", b.userID, second.profile)
    }
}

extension ActivityResponse.Workload {
    init(_ name: WorkloadName) {
        self.init(kind: name.kind.rawValue, name: name.kind == .user ? nil : name.text, userID: Int(name.userID))
    }
}

extension ActivityResponse.Share {
    fileprivate init(_ share: Activity.Share) {
        self.init(
            workload: .init(share.workload),
            profile: share.profile.rawValue,
            released: Int(clamping: share.released)
        )
    }
}

extension ActivityResponse.Denial {
    fileprivate init(_ entry: (record: DecisionRecord, userID: UInt32)) {
        let record = entry.record
        self.init(
            decision: record.id,
            firstAt: Int(record.firstAt.timeIntervalSince1970),
            lastAt: Int(record.lastAt.timeIntervalSince1970),
            count: record.count,
            profile: record.profile?.rawValue,
            workload: record.workload.map { .init(WorkloadName($0)) },
            userID: Int(entry.userID),
            reason: record.refusal.code,
            message: record.refusal.description
        )
    }
}
