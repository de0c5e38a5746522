/// How the fields of the daemon's log are called in the journal.
///
/// journald keeps an index of every name that it ever saw, so there are only these.
enum JournalField {
    private static let prefix = "IAM_BROKER_"

    /// Where everything else stands, as `NAME=VALUE`.
    static let other = prefix + "OTHER"

    /// The names of fields in our own code; a test compares them with the sources.
    static let known: Set<String> = [
        "admin", "all", "audit.bytes", "audit.head", "audit.lost", "audit.moved_to", "certificate",
        "certificate.expires", "certificate.serial", "connections", "credential", "credentials", "decision", "errno",
        "error", "error.code", "folder", "header", "limit", "log.for", "log.level", "log.lost", "metadata", "metrics",
        "fleet.demand", "fleet.node", "operator.pid", "operator.uid", "page", "policy", "policy.grant",
        "policy.warning", "profile", "profiles",
        "reason",
        "request", "resource", "rotation.demand", "rotation.detail", "rotation.id", "rotation.new_key",
        "rotation.old_key", "rotation.plan", "rotation.step", "sink", "socket", "span", "suppressed", "times",
        "token.expires", "tokens", "trace", "traces.lost", "unit", "version", "workload", "workload.container",
        "workload.executable", "workload.pid", "workload.uid", "workload.unit",
    ]

    /// The name in the journal of the field `name`; `nil` when it has none of its own.
    static func name(of name: String) -> String? {
        known.contains(name) ? prefix + name.uppercased().replacing(".", with: "_") : nil
    }
}
