import AccessPolicy
import DaemonConfiguration
import Foundation
import Testing

/// The example policies that we ship: they are valid, and say what their comments promise.
struct ShippedPolicyTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "policies/examples")

    @Test(
        arguments: [
            (Workload(processID: 9, userID: 0, groupID: 0, groups: []), ["reports"]),
            (Workload(processID: 9, userID: 2_001, groupID: 2_001, groups: []), ["backups"]),
            (Workload(processID: 9, userID: 2_001, groupID: 1, groups: [2_001]), ["backups"]),
            (Workload(processID: 9, userID: 2_001, groupID: 1, groups: []), []),
            (
                Workload(processID: 9, userID: 2_002, groupID: 1, groups: [], executable: "/usr/local/bin/report"),
                ["reports"]
            ),
            (Workload(processID: 9, userID: 2_002, groupID: 1, groups: [], executable: "/usr/bin/bash"), []),
            (Workload(processID: 9, userID: 2_002, groupID: 1, groups: []), []),
            (Workload(processID: 9, userID: 1_000, groupID: 1_000, groups: []), []),
        ] as [(Workload, [String])]
    )
    func theExamplesDecideAsTheySay(workload: Workload, profiles: [String]) throws {
        let policy = try PolicyFolder.read(
            Self.folder.path(),
            profiles: Set(["reports", "backups"].compactMap(ProfileName.init)),
            accounts: AccountNames(userID: { $0 == "root" ? 0 : nil }, groupID: { _ in nil })
        )
        #expect(policy.profiles(for: workload).map(\.rawValue) == profiles)
    }
}
