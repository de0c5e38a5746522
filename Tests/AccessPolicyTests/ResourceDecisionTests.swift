import AccessPolicy
import Foundation
import Testing

/// Who may have what of the instance besides tokens.
struct ResourceDecisionTests {
    private static let now = Date(timeIntervalSince1970: 1_795_435_200)  // 2026-11-23T12:00:00Z
    private static let caller = Workload(processID: 9, userID: 1, groupID: .known(1))
    private static let stranger = Workload(processID: 9, userID: 2, groupID: .known(2))
    private static let server = "bare_metal_servers/0717-2c9f7d1e-4b3a"

    private static func decide(
        _ grants: String,
        _ resource: InstanceResource,
        by workload: Workload = caller,
        denials: String = "[]",
        at now: Date = now
    ) throws -> ResourceDecision {
        let text = "version: 1\ngrants:\n\(grants)\ndenials: \(denials)"
        return try PolicyDecisionTests.policy(text).decide(workload, resource, at: now)
    }

    private static func grant(
        _ metadata: String,
        _ more: String = "",
        name: String = "g",
        workloads: String = "[{ uid: 1 }]"
    ) -> String {
        "  - { name: \(name), workloads: \(workloads), metadata: [\(metadata)]\(more) }"
    }

    private static let permitted = ResourceDecision.permit(grant: "g", observed: nil)

    @Test(arguments: [
        // Itself and what lies below, not beside or above.
        ("instance", "instance", true), ("instance", "instance/volume_attachments", true),
        ("instance", "instance/volume_attachments/0717-2c9f", true), ("instance", "instances", false),
        ("instance", "keys", false), ("instance", "instance_", false), ("instance", "instanc", false),
        ("keys", "keys/r006-3b2a1f0e", true), ("keys/r006", "keys", false), ("keys/r006", "keys/r0061", false),
        ("instance/network_interfaces", "instance", false),
        ("placement_groups, keys", "keys", true), ("", "instance", false),
        // An initialization document only when it is named itself.
        ("instance", "instance/initialization", false), ("instance", "instance/initialization/keys", false),
        ("instance/initialization", "instance/initialization", true),
        ("instance/initialization", "instance/initialization/keys", true),
        ("instance/initialization", "instance", false), ("instance", "instance/initializations", true),
        ("bare_metal_servers", "\(server)/initialization", false), (server, "\(server)/initialization", false),
        (server, server, true), ("\(server)/initialization", "\(server)/initialization", true),
        ("\(server)/initialization", "\(server)2/initialization", false),
        ("instance/initialization", "instance/initialization/x/initialization", false),
        // The name of user data is no path, and no path is its name.
        ("user_data", "user_data", false), ("user_data", "instance/initialization", false),
        // Other spellings are other paths, and paths that cannot be granted.
        ("instance", "", false), ("instance", "/instance", false), ("instance", "instance/", false),
        ("instance", "instance//keys", false), ("instance", "instance/./keys", false),
        ("instance", "instance/../keys", false), ("instance", "instance/..", false), ("instance", "Instance", false),
        ("instance", "instance/Initialization", false), ("instance", "instance/%69nitialization", false),
        ("instance", "instance%2Finitialization", false), ("instance", "instance?x", false),
        ("instance", "instance/keys ", false), ("instance", "instance/keys\0", false),
        ("instance", "instance/i\u{308}d", false), ("instance", "instance\\initialization", false),
        ("instance", "instance/" + String(repeating: "a", count: 246), true),
        ("instance", "instance/" + String(repeating: "a", count: 247), false),
    ])
    func anEntryCoversItselfAndWhatLiesBelow(metadata: String, path: String, isPermitted: Bool) throws {
        let decision = try Self.decide(Self.grant(metadata), .metadata(path: path))
        #expect(decision == (isPermitted ? Self.permitted : .deny(.nobodyMay)))
    }

    @Test(arguments: [
        ("metadata: [user_data]", InstanceResource.userData, true),
        ("metadata: [instance, instance/initialization]", .userData, false),
        ("metadata: [user_data/x, instance/initialization/user_data]", .userData, false),
        ("certificates: true", .userData, false),
        ("certificates: true", .certificates, true),
        ("certificates: false, metadata: [certificates]", .certificates, false),
        ("profiles: [reports]", .certificates, false), ("profiles: [reports]", .userData, false),
        ("profiles: [reports]", .metadata(path: "instance"), false),
        ("profiles: [reports]", .metadata(path: "reports"), false),
    ])
    func userDataAndCertificatesAreGrantedByName(line: String, resource: InstanceResource, isPermitted: Bool) throws {
        let decision = try Self.decide("  - { name: g, workloads: [{ uid: 1 }], \(line) }", resource)
        #expect(decision == (isPermitted ? Self.permitted : .deny(.nobodyMay)))
    }

    @Test(arguments: [InstanceResource.metadata(path: "instance/disks"), .userData, .certificates])
    func onlyWhomAGrantNamesHasIt(resource: InstanceResource) throws {
        let grant = Self.grant("instance, user_data", ", certificates: true")
        #expect(try Self.decide(grant, resource) == Self.permitted)
        #expect(try Self.decide(grant, resource, by: Self.stranger) == .deny(.noGrantMatches))
        #expect(try Self.decide("  []", resource) == .deny(.nobodyMay))
    }

    @Test(arguments: [InstanceResource.metadata(path: "instance"), .metadata(path: "../x"), .userData, .certificates])
    func anEnforcedDenialWins(resource: InstanceResource) throws {
        let grant = Self.grant("instance, user_data", ", certificates: true")
        let denials = "[{ name: d, workloads: [{ uid: 1 }] }]"
        #expect(try Self.decide(grant, resource, denials: denials) == .deny(.denied(by: "d")))
        let unknown = "[{ name: d, workloads: [{ uid: 1, executable: /bin/x }] }]"
        let hidden = Workload(processID: 9, userID: 1, executable: .unknown("test"))
        #expect(try Self.decide(grant, resource, by: hidden, denials: unknown) == .deny(.denied(by: "d")))
    }

    @Test func aDenialThatObservesIsTold() throws {
        let denials = "[{ name: d, mode: observe, workloads: [{ uid: 1 }] }]"
        let decision = try Self.decide(Self.grant("instance"), .metadata(path: "instance"), denials: denials)
        #expect(decision == .permit(grant: "g", observed: .denied(by: "d")))
    }

    @Test(arguments: [
        (-1, ResourceDecision.deny(.notNow(grant: "g"))), (0, permitted), (59, permitted),
        (60, .deny(.notNow(grant: "g"))),
    ])
    func aGrantHoldsBetweenItsInstants(second: TimeInterval, expected: ResourceDecision) throws {
        let times = ", not_before: '2026-11-23T12:00:00Z', not_after: '2026-11-23T12:01:00Z', certificates: true"
        for resource in [InstanceResource.metadata(path: "instance/disks"), .certificates] {
            #expect(
                try Self.decide(Self.grant("instance", times), resource, at: Self.now.addingTimeInterval(second))
                    == expected
            )
        }
    }

    /// Unlike with profiles: what was read cannot be taken back.
    @Test func aGrantThatObservesGivesWhatItNamesToItsWorkloadsAlone() throws {
        let grant = Self.grant("instance", ", mode: observe")
        let open = InstanceResource.metadata(path: "instance/disks")
        #expect(try Self.decide(grant, open) == Self.permitted)
        #expect(try Self.decide(grant, open, by: Self.stranger) == .deny(.noGrantMatches))
        for closed in [InstanceResource.userData, .certificates, .metadata(path: "instance/initialization")] {
            #expect(try Self.decide(grant, closed, by: Self.stranger) == .deny(.nobodyMay))
        }
        let denials = "[{ name: d, workloads: [{ uid: 2 }] }]"
        #expect(try Self.decide(grant, open, by: Self.stranger, denials: denials) == .deny(.denied(by: "d")))
        let ended = Self.grant("instance", ", mode: observe, not_after: '2026-11-23T12:00:00Z'")
        #expect(try Self.decide(ended, open, by: Self.stranger) == .deny(.noGrantMatches))
        #expect(try Self.decide(ended, open) == .deny(.notNow(grant: "g")))
    }

    /// Whichever of their entries is nearer.
    @Test func ofTheGrantsThatMatchTheFirstOnePermits() throws {
        let path = InstanceResource.metadata(path: "instance/disks/0717")
        let wide = Self.grant("instance", name: "wide")
        let narrow = Self.grant("instance/disks", name: "narrow")
        #expect(try Self.decide(wide + "\n" + narrow, path) == .permit(grant: "wide", observed: nil))
        #expect(try Self.decide(narrow + "\n" + wide, path) == .permit(grant: "narrow", observed: nil))
        let other = Self.grant("instance", name: "other", workloads: "[{ uid: 3 }]")
        #expect(try Self.decide(other + "\n" + narrow, path) == .permit(grant: "narrow", observed: nil))
        let observing = Self.grant("instance", ", mode: observe", name: "observing", workloads: "[{ uid: 3 }]")
        #expect(try Self.decide(observing + "\n" + narrow, path) == .permit(grant: "narrow", observed: nil))
    }

    @Test func policiesThatGiveDifferentThingsDiffer() throws {
        let lines = ["", ", certificates: true", ", metadata: [instance]", ", metadata: [user_data]"]
        let policies = try lines.map { line in
            try PolicyDecisionTests.policy(
                "version: 1\ngrants:\n  - { name: g, profiles: [reports], workloads: [{ uid: 1 }]\(line) }"
            )
        }
        for (first, policy) in policies.enumerated() {
            for (second, other) in policies.enumerated() { #expect((policy == other) == (first == second)) }
        }
    }

    @Test func aReasonIsToldAboutTheResource() {
        let disks = InstanceResource.metadata(path: "instance/disks")
        #expect(DenialReason.nobodyMay.text(about: disks) == "no grant gives metadata instance/disks to anybody")
        #expect(DenialReason.noGrantMatches.text(about: .userData) == "no grant for user data names this workload")
        for reason in [DenialReason.denied(by: "d"), .notNow(grant: "g")] {
            #expect(reason.text(about: .certificates) == reason.description)
        }
    }
}
