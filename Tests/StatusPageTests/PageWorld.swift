import BrokerAPI
import StatusPage

/// Material for pages: one of everything, with texts that others choose.
enum PageWorld {
    static let now = 1_788_256_800

    static func material(_ hostile: String = "why") -> PageMaterial {
        PageMaterial(
            status: status(hostile),
            activity: activity(hostile),
            rotations: rotations(hostile),
            configuration: [
                .init("Listeners", [.init("admin", hostile)]), .init("Profiles", [.init("reports", "Profile-5f2d")]),
            ]
        )
    }

    private static func status(_ hostile: String) -> StatusResponse {
        let finding = HealthResponse.Finding(
            severity: "failing",
            subject: "profile",
            name: hostile,
            message: hostile,
            commands: [hostile]
        )
        return StatusResponse(
            version: hostile,
            profiles: [
                .init(
                    name: "reports",
                    state: "fresh",
                    expiresAt: now + 2_400,
                    issuedAt: now - 1_200,
                    expiresIn: 2_400,
                    nextAttemptIn: 900,
                    breaker: "closed",
                    consecutiveFailures: 0
                ),
                .init(
                    name: hostile,
                    state: "failing",
                    nextAttemptIn: 30,
                    breaker: "open",
                    consecutiveFailures: 7,
                    lastError: hostile
                ),
                .init(name: "archive", state: "absent", breaker: "closed", consecutiveFailures: 0),
                .init(name: "backups", state: "locked", breaker: "closed", consecutiveFailures: 0, lockedSince: now),
            ],
            keyIDs: [hostile],
            signingKeys: [
                .init(
                    keyID: hostile,
                    state: "published",
                    firstSeen: now - 86_400,
                    lastSeen: now - 60,
                    withdrawnAt: nil,
                    lastTokenEndsAt: now + 2_400,
                    now: now
                )
            ],
            certificates: [
                .init(
                    name: hostile,
                    state: "failing",
                    serial: hostile,
                    expiresAt: now + 3_600,
                    expiresIn: 3_600,
                    nextAttemptIn: 60,
                    lastError: hostile
                )
            ],
            sinks: [
                .init(
                    name: hostile,
                    profile: "reports",
                    path: hostile,
                    state: "failing",
                    expiresAt: now + 2_400,
                    expiresIn: 2_400,
                    lastError: hostile
                )
            ],
            health: HealthResponse(status: "failing", findings: [finding])
        )
    }

    private static func activity(_ hostile: String) -> ActivityResponse {
        let unit = ActivityResponse.Workload(kind: "unit", name: hostile, userID: 1_001)
        let outcomes = ["released": 1_234_567, "denied": 3, "unavailable": 1]
        return ActivityResponse(
            now: now,
            profiles: [.init(name: "reports", outcomes: outcomes), .init(name: hostile, outcomes: [:])],
            elsewhere: ["denied": 2],
            workloads: [
                .init(workload: unit, profile: "reports", released: 1_234_560),
                .init(workload: .init(kind: "user", name: nil, userID: 0), profile: "reports", released: 7),
            ],
            lastDenials: [
                .init(
                    decision: "00c0ffee00c0ffee",
                    firstAt: now - 100,
                    lastAt: now - 65,
                    count: 3,
                    profile: hostile,
                    workload: unit,
                    userID: 1_001,
                    reason: "no_grant_matches",
                    message: hostile
                )
            ],
            minutes: (0..<120)
                .map { .init(start: now - 7_140 + $0 * 60, released: $0 % 17 * 5, refused: $0 % 40 == 0 ? 2 : 0) }
        )
    }

    private static func rotations(_ hostile: String) -> [RotationsResponse.Plan] {
        let phases: [RotationsResponse.Phase] = [
            .init(name: "create", state: "done"), .init(name: "publish", state: "done"),
            .init(name: "overlap", state: "now"), .init(name: "delete", state: "ahead"),
        ]
        let rotation = RotationsResponse.Rotation(
            id: "r1",
            startedAt: now - 600,
            phase: "overlap",
            since: now - 300,
            until: now + 3_000,
            phases: phases,
            attempts: 1,
            lastFault: hostile,
            newKey: "k2",
            oldKey: "k1",
            missing: [hostile]
        )
        return [
            .init(
                name: "api-keys",
                kind: "iam-api-key",
                profile: "reports",
                state: "rotating",
                key: .init(id: hostile, createdAt: now - 86_400, verifiedAt: nil, publishedAt: nil),
                rotation: rotation
            ),
            .init(
                name: hostile,
                kind: "iam-api-key",
                profile: "reports",
                state: "halted",
                reason: hostile,
                failures: 2,
                lastFailure: hostile
            ),
        ]
    }
}
