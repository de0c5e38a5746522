import Foundation
import Testing

@testable import KeyRotation

/// Times as tests spell them.
enum Instants {
    /// Of `2026-03-29T01:00:00Z`.
    static func seconds(_ text: String) throws -> Int { Int(try Date(text, strategy: .iso8601).timeIntervalSince1970) }

    static func text(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }

    /// A schedule in a few words.
    static func schedule(
        _ cron: String? = nil,
        _ zone: String = "UTC",
        maximumAge: Int? = nil,
        splay: Int = 0,
        windows: [(days: String, from: String, to: String)] = [],
        blackouts: [(from: String, to: String)] = [],
        catchUp: PlanSchedule.CatchUp = .once
    ) throws -> PlanSchedule {
        try PlanSchedule(
            cron: cron.map { try CronExpression($0) },
            zone: try #require(TimeZone(identifier: zone)),
            maximumAge: maximumAge.map { .seconds($0) },
            splay: splay,
            windows: windows.map { try ScheduleWindow(days: $0.days, from: $0.from, to: $0.to) },
            blackouts: blackouts.map { try Blackout(from: CivilTime($0.from), to: CivilTime($0.to)) },
            catchUp: catchUp
        )
    }
}
