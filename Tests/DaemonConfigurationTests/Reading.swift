import AccessPolicy
import DaemonConfiguration
import DocumentReader

/// The one key that every configuration needs besides what a test is about.
let profiles = "profiles: { reports: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b } }"
let policies = "policies: /etc/iam-broker/policies"
let accountID = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"

/// A machine with one user and one group.
let accounts = AccountNames(
    userID: { $0 == "reports" ? 1_001 : nil },
    groupID: { $0 == "iam-broker" ? 991 : nil }
)

/// A text of `lines` after the keys that are always needed, which are lines 1 and 2.
func configuration(_ lines: String...) throws(DocumentError) -> DaemonConfiguration {
    try read(([profiles, policies] + lines).joined(separator: "\n"))
}

func read(_ text: String) throws(DocumentError) -> DaemonConfiguration {
    try DaemonConfiguration(parsing: text, file: "config.yaml", accounts: accounts)
}
