package import FoundationEssentials

/// Looks for what is valid in a policy and probably not meant.
package struct Lint {
    /// The profiles that exist, and the file that says so.
    package struct Profiles: Sendable {
        package let names: [ProfileName]
        package let file: String
        /// Files that the daemon keeps, and whose tokens are in them.
        package let sinks: [String: ProfileName]
        /// Plans by which the daemon rotates keys, and whose tokens they use.
        package let rotations: [String: ProfileName]

        package init(
            names: [ProfileName],
            sinks: [String: ProfileName] = [:],
            rotations: [String: ProfileName] = [:],
            file: String
        ) {
            (self.names, self.sinks, self.rotations, self.file) = (names, sinks, rotations, file)
        }
    }

    let grants: [LintSubject]
    let denials: [LintSubject]
    let profiles: Profiles?
    let machine: MachineFacts
    let now: Date

    /// - Parameters:
    ///   - documents: a whole policy.
    ///   - profiles: those of the configuration; `nil`: unused ones are not looked for.
    ///   - machine: on which the policy is to be in force.
    ///   - now: grants that have ended by then are named.
    package init(_ documents: [PolicyDocument], profiles: Profiles?, machine: MachineFacts, now: Date) {
        grants = documents.flatMap { $0.grants.enumerated().map { LintSubject($0.element, index: $0.offset) } }
        denials = documents.flatMap { $0.denials.enumerated().map { LintSubject($0.element, index: $0.offset) } }
        self.profiles = profiles
        self.machine = machine
        self.now = now
    }

    /// By file and line.
    package func warnings() -> [LintWarning] {
        let found = emptyGrants() + endedGrants() + deniedGrants() + repeatedGrants() + broadGrants() + broadDenials()
        let all = found + unknownUsers() + programs() + unusedProfiles() + deniedSinks() + deniedRotations()
        return all.enumerated()
            .sorted {
                ($0.element.place.file, $0.element.place.line ?? 0, $0.offset)
                    < ($1.element.place.file, $1.element.place.line ?? 0, $1.offset)
            }
            .map(\.element)
    }

    /// Sinks that stay empty.
    private func deniedSinks() -> [LintWarning] {
        guard let profiles else { return [] }
        return profiles.sinks.sorted { $0.key < $1.key }
            .filter { sink, profile in
                !grants.contains { $0.grant.map { $0.sinks.contains(sink) && $0.profiles.contains(profile) } ?? false }
            }
            .map { sink, profile in
                LintWarning(
                    place: SourcePlace(file: profiles.file, line: nil),
                    subject: "sinks.\(sink)",
                    message: "stays empty: no grant for profile \(profile) has 'sinks: [\(sink)]'"
                )
            }
    }

    /// Plans that never start.
    private func deniedRotations() -> [LintWarning] {
        guard let profiles else { return [] }
        return profiles.rotations.sorted { $0.key < $1.key }
            .filter { plan, profile in
                !grants.contains {
                    $0.grant.map { $0.rotations.contains(plan) && $0.profiles.contains(profile) } ?? false
                }
            }
            .map { plan, profile in
                LintWarning(
                    place: SourcePlace(file: profiles.file, line: nil),
                    subject: "rotation plan \(plan)",
                    message: "never rotates: no grant for profile \(profile) has 'rotations: [\(plan)]'"
                )
            }
    }

    private func unusedProfiles() -> [LintWarning] {
        guard let profiles else { return [] }
        let used = Set(
            grants.compactMap(\.grant)
                .filter { grant in
                    grant.mode == .observe || grant.isForTheDaemon
                        || grant.workloads.contains { !$0.selectors.isEmpty }
                }
                .flatMap(\.profiles)
        )
        return profiles.names.filter { !used.contains($0) }
            .map { name in
                LintWarning(
                    place: SourcePlace(file: profiles.file, line: nil),
                    subject: "profiles.\(name)",
                    message: "no grant gives it to anybody"
                )
            }
    }
}
