import BrokerTesting
import Foundation
import Testing

@testable import KeyRotation

/// A plan as people write them, on the calendar of Berlin, with no change over Christmas.
struct YearPlan: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let target: KeyTarget
    var cron: String?
    var maximumAge: Int?
    var splay = 0
    var windows: [(days: String, from: String, to: String)] = []
    var catchUp = PlanSchedule.CatchUp.once
    var delays = ScriptedIssuer.Delays()
    var sinks = ["first"]
    var hasOldKey = true
    var acknowledgers: [String] = []
    var overlap: TimeInterval = 86_400

    static let zone = "Europe/Berlin"
    static let blackout = (from: "2027-12-20", to: "2028-01-03")
    static let host = "vm-1"

    var proofCase: ProofWorld.Case {
        ProofWorld.Case(
            testDescription: testDescription,
            traits: target.traits,
            delays: delays,
            sinks: sinks,
            hasOldKey: hasOldKey,
            acknowledgers: acknowledgers
        )
    }

    var schedule: PlanSchedule {
        get throws {
            try Instants.schedule(
                cron,
                Self.zone,
                maximumAge: maximumAge,
                splay: splay,
                windows: windows,
                blackouts: [Self.blackout],
                catchUp: catchUp
            )
        }
    }

    func rules(watchedSince: Date) throws -> RotationRules {
        var pacing = RotationPacing()
        pacing.overlap = overlap
        pacing.idle = target.traits.tellsActivity ? 3_600 : nil
        // Longer than any outage with a time without the daemon in it.
        pacing.stepWithin = 14 * 86_400
        pacing.idleWithin = 14 * 86_400
        let name = try #require(ProofWorld.plan)
        return RotationRules(
            plan: name,
            traits: target.traits,
            place: target.place,
            sinks: sinks,
            acknowledgers: acknowledgers,
            replaces: hasOldKey && !target.traits.isSingular ? KeyID("key-old") : nil,
            pacing: pacing,
            limits: RotationLimits(),
            calendar: RotationCalendar(try schedule, plan: name, host: Self.host, watchedSince: watchedSince)
        )
    }

    /// The same, minute by minute.
    func calendar(from start: Int) throws -> YearCalendar {
        let zone = try #require(TimeZone(identifier: Self.zone))
        let delay = try schedule.delay(plan: "proof", host: Self.host)
        let occurrences = try cron.map { text in
            try BruteForceCalendar(expression: CronExpression(text), zone: zone)
                .times(in: start - start % 60 - 60...start + 380 * 86_400)
                .map { $0 + delay }
        }
        let days = ["sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6]
        func minute(_ text: String) -> Int {
            let parts = text.split(separator: ":").compactMap { Int($0) }
            return parts[0] * 60 + parts[1]
        }
        return YearCalendar(
            occurrences: occurrences ?? [],
            zone: zone,
            windows: windows.map { window in
                BruteForceSchedule.Window(
                    days: Set(window.days.split(separator: ",").compactMap { days[String($0)] }),
                    from: minute(window.from),
                    to: minute(window.to)
                )
            },
            dark: try Instants.seconds("\(Self.blackout.from)T00:00:00Z") / 60...Instants.seconds(
                "\(Self.blackout.to)T23:59:00Z"
            ) / 60,
            maximumAge: maximumAge,
            catchUp: catchUp
        )
    }
}

extension YearPlan {
    private static let apiKey = KeyTarget.apiKey(iamID: "iam-ServiceId-1", account: nil)
    private static let resourceKey = KeyTarget.resourceKey(
        ResourceKeyTarget(source: "crn", role: "Writer", serviceID: nil, endpoint: "", bucket: "")
    )
    private static let day = 86_400

    static let all: [Self] = [
        // In the hour that is skipped in spring and comes twice in autumn.
        Self(
            testDescription: "API key, weekly",
            target: apiKey,
            cron: "30 2 * * sun",
            splay: 3_600,
            sinks: ["a", "b"]
        ),
        Self(
            testDescription: "API key, monthly in a window, acknowledged",
            target: apiKey,
            cron: "0 3 1 * *",
            windows: [("mon,tue,wed,thu,fri", "01:00", "05:00")],
            delays: ScriptedIssuer.Delays(listing: 30, working: 20),
            acknowledgers: ["reports"]
        ),
        Self(
            testDescription: "API key, the first, monthly and 20 days old",
            target: apiKey,
            cron: "@monthly",
            maximumAge: 20 * day,
            hasOldKey: false
        ),
        Self(
            testDescription: "resource key, weekly, never made up for",
            target: resourceKey,
            cron: "15 4 * * mon",
            splay: 1_800,
            catchUp: .never
        ),
        Self(
            testDescription: "resource key whose value is told once, 14 days old, at night",
            target: resourceKey,
            maximumAge: 14 * day,
            windows: [("sun,mon,tue,wed,thu,fri,sat", "22:00", "04:00")],
            delays: ScriptedIssuer.Delays(listing: 30, isReadable: false)
        ),
        Self(
            testDescription: "secret, weekly",
            target: .secret(SecretTarget(url: "", id: "", kind: .arbitrary)),
            cron: "0 2 * * wed",
            delays: ScriptedIssuer.Delays(kept: 2),
            sinks: []
        ),
        Self(
            testDescription: "secret with an API key, monthly and 25 days old, on weekends",
            target: .secret(SecretTarget(url: "", id: "", kind: .iamCredentials)),
            cron: "0 0 15 * *",
            maximumAge: 25 * day,
            windows: [("sat,sun", "00:30", "12:00")],
            delays: ScriptedIssuer.Delays(kept: 2)
        ),
        Self(
            testDescription: "root key, monthly",
            target: .rootKey(RootKeyTarget(url: "", instance: "", id: "")),
            cron: "0 0 1 * *",
            sinks: []
        ),
        Self(
            testDescription: "certificate, daily, never made up for",
            target: .certificate("web"),
            cron: "30 2 * * *",
            catchUp: .never,
            sinks: []
        ),
    ]
}
