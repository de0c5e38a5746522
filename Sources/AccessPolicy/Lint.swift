package import FoundationEssentials

/// Looks for what is valid in a policy and probably not meant.
package struct Lint {
    /// The profiles that exist, and the file that says so.
    package struct Profiles: Sendable {
        package let names: [ProfileName]
        package let file: String

        package init(names: [ProfileName], file: String) {
            self.names = names
            self.file = file
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
        let all = found + unknownUsers() + programs() + unusedProfiles()
        return all.enumerated()
            .sorted {
                ($0.element.place.file, $0.element.place.line ?? 0, $0.offset)
                    < ($1.element.place.file, $1.element.place.line ?? 0, $1.offset)
            }
            .map(\.element)
    }

    private func unusedProfiles() -> [LintWarning] {
        guard let profiles else { return [] }
        let used = Set(
            grants.compactMap(\.grant)
                .filter { $0.mode == .observe || $0.workloads.contains { !$0.selectors.isEmpty } }
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
