/// Whether the policy decides, or only says what it would decide.
package enum EnforcementMode: String, Sendable, Hashable {
    case enforce
    /// Permits what would be denied, and has it logged.
    case observe
}

/// Workloads that may have profiles, metadata or certificates, and on what terms.
package struct Grant: Sendable, Hashable {
    /// Unique in the whole policy.
    package let name: String
    package let profiles: [ProfileName]
    package let workloads: [WorkloadPattern]
    /// Names of files that the daemon keeps, which may have the profiles; who may read such a file is not asked.
    package let sinks: [String]
    /// Names of plans by which the daemon rotates keys, which may use the profiles for it.
    package let rotations: [String]
    /// For each workload; `nil`: as often as it likes.
    package let rate: Rate?
    package let validity: Validity
    /// Paths of the metadata service that may be read with all that lies below them, such as `instance`, and the name
    /// `user_data`.
    package let metadata: [String]
    /// Whether identity certificates of the instance may be had.
    package let certificates: Bool
    /// The most seconds that a caller's `min_ttl` counts for; `nil`: whatever it asks for.
    package let largestMinimumTTL: Int?
    package let mode: EnforcementMode
    /// Where it stands, for explanations.
    package let place: SourcePlace

    package init(
        name: String,
        profiles: [ProfileName],
        workloads: [WorkloadPattern],
        sinks: [String] = [],
        rotations: [String] = [],
        rate: Rate? = .standard,
        validity: Validity = .init(),
        metadata: [String] = [],
        certificates: Bool = false,
        largestMinimumTTL: Int? = nil,
        mode: EnforcementMode = .enforce,
        place: SourcePlace = .init(file: "", line: nil)
    ) {
        self.name = name
        self.profiles = profiles
        self.workloads = workloads
        self.sinks = sinks
        self.rotations = rotations
        self.rate = rate
        self.validity = validity
        self.metadata = metadata
        self.certificates = certificates
        self.largestMinimumTTL = largestMinimumTTL
        self.mode = mode
        self.place = place
    }
}

extension Grant {
    /// Whether it names sinks or rotations, which are the daemon's own, so that it need not name workloads.
    var isForTheDaemon: Bool { !sinks.isEmpty || !rotations.isEmpty }
}

/// Workloads that may have nothing, whatever grants say.
package struct Denial: Sendable, Hashable {
    /// Unique in the whole policy.
    package let name: String
    package let workloads: [WorkloadPattern]
    package let mode: EnforcementMode
    package let place: SourcePlace

    package init(
        name: String,
        workloads: [WorkloadPattern],
        mode: EnforcementMode = .enforce,
        place: SourcePlace = .init(file: "", line: nil)
    ) {
        self.name = name
        self.workloads = workloads
        self.mode = mode
        self.place = place
    }
}

/// Where in the policy something stands.
package struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// The first line is 1.
    package let line: Int?

    package init(file: String, line: Int?) {
        self.file = file
        self.line = line
    }

    package var description: String { line.map { "\(file):\($0)" } ?? file }
}
