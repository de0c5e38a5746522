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
            (Workload(processID: 9, userID: 0, groupID: .known(0), groups: .known([])), ["reports"]),
            (Workload(processID: 9, userID: 2_001, groupID: .known(2_001), groups: .known([])), ["backups"]),
            (Workload(processID: 9, userID: 2_001, groupID: .known(1), groups: .known([2_001])), ["backups"]),
            (Workload(processID: 9, userID: 2_001, groupID: .known(1), groups: .known([])), []),
            (
                Workload(
                    processID: 9,
                    userID: 2_002,
                    groupID: .known(1),
                    groups: .known([]),
                    executable: .known("/usr/local/bin/report")
                ),
                ["reports"]
            ),
            (
                Workload(
                    processID: 9,
                    userID: 2_002,
                    groupID: .known(1),
                    groups: .known([]),
                    executable: .known("/usr/bin/bash")
                ), []
            ),
            (Workload(processID: 9, userID: 2_002, groupID: .known(1), groups: .known([])), []),
            (Workload(processID: 9, userID: 1_000, groupID: .known(1_000), groups: .known([])), []),
        ] as [(Workload, [String])]
    )
    func theExamplesDecideAsTheySay(workload: Workload, profiles: [String]) throws {
        let policy = try PolicyFolder.read(
            Self.folder.path(),
            profiles: Set(["reports", "backups"].compactMap(ProfileName.init)),
            accounts: AccountNames(userID: { $0 == "root" ? 0 : nil }, groupID: { _ in nil })
        )
        #expect(policy.profiles(for: workload, at: Date(timeIntervalSince1970: 1_800_000_000)).map(\.rawValue) == profiles)
    }
}
