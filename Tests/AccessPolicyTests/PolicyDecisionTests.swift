import AccessPolicy
import DocumentReader
import Foundation
import Testing

/// Who may have what.
struct PolicyDecisionTests {
    static let text = """
        version: 1
        grants:
          - name: reports-user
            profiles: [reports]
            workloads: [{ user: reports }]
          - name: backup-group
            profiles: [backups]
            workloads: [{ group: backup }, { gid: 500 }]
          - name: exact
            profiles: [reports, backups]
            workloads: [{ uid: 7, executable: /usr/bin/exact }]
          - name: nobody
            profiles: [backups]
            workloads: [{}]
        denials:
          - { name: no-shells, workloads: [{ uid: 1001, executable: /bin/bash }] }
        """

    static func policy(_ text: String = text) throws -> Policy {
        Policy([try document(text)])
    }

    static func document(_ text: String) throws(DocumentErrors) -> PolicyDocument {
        try PolicyDocument(
            parsing: text,
            file: "p.yaml",
            profiles: Set(["reports", "backups"].compactMap(ProfileName.init)),
            accounts: AccountNames(
                userID: { ["reports": 1_000, "root": 0][$0] },
                groupID: { ["backup": 34][$0] }
            )
        )
    }

    @Test(
        arguments: [
            (Workload(processID: 9, userID: 1_000, groupID: .known(1)), "reports", "reports-user"),
            (Workload(processID: 9, userID: 1_000, groupID: .known(1)), "backups", nil),
            // Root is nobody special.
            (Workload(processID: 9, userID: 0, groupID: .known(0), groups: .known([])), "reports", nil),
            (Workload(processID: 9, userID: 5, groupID: .known(34)), "backups", "backup-group"),
            (
                Workload(processID: 9, userID: 5, groupID: .known(1), groups: .known([2, 34])), "backups",
                "backup-group"
            ),
            (Workload(processID: 9, userID: 5, groupID: .known(1), groups: .known([500])), "backups", "backup-group"),
            (Workload(processID: 9, userID: 5, groupID: .known(1), groups: .known([])), "backups", nil),
            // Unknown groups are no groups.
            (Workload(processID: 9, userID: 5, groupID: .known(1), groups: .unknown("test")), "backups", nil),
            (
                Workload(
                    processID: 9,
                    userID: 7,
                    groupID: .known(1),
                    groups: .known([]),
                    executable: .known("/usr/bin/exact")
                ), "backups",
                "exact"
            ),
            (
                Workload(
                    processID: 9,
                    userID: 7,
                    groupID: .known(1),
                    groups: .known([]),
                    executable: .known("/usr/bin/exact2")
                ), "backups", nil
            ),
            (
                Workload(processID: 9, userID: 7, groupID: .known(1), groups: .known([]), executable: .unknown("test")),
                "reports", nil
            ),
            (
                Workload(
                    processID: 9,
                    userID: 8,
                    groupID: .known(1),
                    groups: .known([]),
                    executable: .known("/usr/bin/exact")
                ), "reports", nil
            ),
        ] as [(Workload, String, String?)]
    )
    func aGrantNeedsEverySelectorToHold(workload: Workload, profile: String, grant: String?) throws {
        let decision = try Self.policy().decide(workload, #require(ProfileName(profile)), at: .monday)
        switch decision {
        case .permit(let permit): #expect(permit.grant == grant)
        case .deny(let reason):
            #expect(grant == nil)
            #expect(reason == .noGrantMatches)
        }
    }

    @Test(arguments: ["/bin/bash", nil] as [String?])
    func aDenialWinsAndAppliesWhenItsFactsAreUnknown(executable: String?) throws {
        let policy = try Self.policy(
            Self.text.replacing("{ user: reports }", with: "{ uid: 1001 }")
        )
        let workload = Workload(
            processID: 9,
            userID: 1_001,
            groupID: .known(1),
            executable: executable.map { .known($0) } ?? .unknown("test")
        )
        #expect(
            policy.decide(workload, try #require(ProfileName("reports")), at: .monday)
                == .deny(.denied(by: "no-shells"))
        )
        let other = Workload(processID: 9, userID: 1_001, groupID: .known(1), executable: .known("/bin/other"))
        guard case .permit = policy.decide(other, try #require(ProfileName("reports")), at: .monday) else {
            Issue.record("another executable must be permitted")
            return
        }
    }

    @Test func anEmptyPolicyDeniesEverybody() throws {
        let workload = Workload(processID: 1, userID: 0, groupID: .known(0), groups: .known([]))
        #expect(Policy().decide(workload, try #require(ProfileName("reports")), at: .monday) == .deny(.nobodyMay))
        #expect(Policy().profiles(for: workload, at: .monday).isEmpty)
    }

    @Test func aWorkloadSeesTheProfilesItMayHaveAndNoOthers() throws {
        let workload = Workload(
            processID: 9,
            userID: 7,
            groupID: .known(34),
            groups: .known([]),
            executable: .known("/usr/bin/exact")
        )
        #expect(try Self.policy().profiles(for: workload, at: .monday).map(\.rawValue) == ["backups", "reports"])
        let reports = Workload(processID: 9, userID: 1_000, groupID: .known(1), groups: .known([]))
        #expect(try Self.policy().profiles(for: reports, at: .monday).map(\.rawValue) == ["reports"])
    }

    @Test func onlyTheFactsThatSelectorsNeedAreAskedFor() throws {
        #expect(try Self.policy().requiredFacts == [.groups, .executable])
        #expect(try Self.policy("version: 1\ngrants: []").requiredFacts == [])
    }
}

extension Date {
    /// 2026-11-23T12:00:00Z, a Monday.
    static let monday = Date(timeIntervalSince1970: 1_795_435_200)
}
