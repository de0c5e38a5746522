internal import AccessPolicy
internal import DocumentReader
internal import FoundationEssentials
internal import KeyRotation
internal import TokenBroker

/// Reads one plan file; see `docs/rotation.md`.
struct RotationPlanReader {
    /// What the configuration has that plans name.
    struct Surroundings {
        let profiles: [TrustedProfile]
        /// The account of the broker, if it is known.
        let account: String?
        let certificates: [CertificateSetting]
        let sinks: [SinkSetting]
        let now: Date
    }

    let configuration: ConfigurationReader
    let surroundings: Surroundings
    let claims: RotationClaims

    private static let keys = [
        "version", "name", "profile", "target", "schedule", "publish", "acknowledge", "overlap", "idle", "disabled",
        "limits", "patience",
    ]
    private static let mostAcknowledgers = 16

    func read(_ document: DocumentValue, file: String) throws(DocumentError) -> RotationSetting {
        let top = try document.mapping(known: Self.keys)
        let version = try top.required("version")
        guard try version.string() == "1" else { throw version.error("must be 1") }
        let name = try name(top.required("name"), file: file)
        let profile = try configuration.profile(top.required("profile"), of: surroundings.profiles)
        let (target, replaces) = try target(top.required("target"), name)
        let schedule = try schedule(top.required("schedule"))
        let publications = try publications(top["publish"], top.required("target"), target, name)
        let plan = RotationPlan(
            name: name,
            profile: profile,
            target: target,
            schedule: schedule,
            sinks: publications.map(\.name),
            acknowledgers: try acknowledgers(top["acknowledge"], target),
            replaces: replaces,
            pacing: try pacing(top, target.traits),
            limits: try limits(top["limits"])
        )
        return RotationSetting(plan: plan, publications: publications)
    }

    /// The names of files differ, so those of plans do.
    private func name(_ value: DocumentValue, file: String) throws(DocumentError) -> PlanName {
        guard let name = PlanName(rawValue: try value.string()) else {
            throw value.error(
                "a plan's name has 1 to 40 lower-case letters, digits and hyphens, no hyphen first or last"
            )
        }
        let fileName = file.split(separator: "/").last ?? ""
        guard fileName == "\(name).yaml" || fileName == "\(name).yml" else {
            throw value.error("must be the file's name without .yaml, so that the file of a plan is found by its name")
        }
        return name
    }

    private func acknowledgers(_ value: DocumentValue?, _ target: KeyTarget) throws(DocumentError) -> [String] {
        guard let value else { return [] }
        guard target.traits.hasValue else { throw value.error("a \(target.kind) has no value that anybody could take") }
        var names: [String] = []
        for element in try value.list() {
            let name = try element.string()
            guard ConfigurationReader.isName(name) else {
                throw element.error("must be 1 to 64 letters, digits, '.', '_' and '-'")
            }
            guard !names.contains(name) else { throw element.error("is here twice") }
            names.append(name)
        }
        guard names.count <= Self.mostAcknowledgers else {
            throw value.error("must not name more than \(Self.mostAcknowledgers)")
        }
        return names
    }
}

extension DocumentValue {
    /// An ID of a service: printable ASCII without blanks, which can stand in a line of a log.
    func identifier(longest: Int = 512) throws(DocumentError) -> String {
        let text = try string()
        guard (1...longest).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw error("must be 1 to \(longest) printable ASCII characters without blanks")
        }
        return text
    }

    /// A time span of whole seconds.
    func wholeSeconds(in range: ClosedRange<Int>) throws(DocumentError) -> Int {
        let duration = try duration(in: range)
        guard duration.components.attoseconds == 0 else { throw error("must be whole seconds") }
        return Int(duration.components.seconds)
    }
}
