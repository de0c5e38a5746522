/// Why a decision came out as it did: what was looked at, and how each part of it compared.
package struct Explanation: Sendable {
    package let workload: Workload
    package let profile: ProfileName
    package let decision: Decision
    /// The denials that apply.
    package let denials: [Subject]
    /// The grants of the profile, the nearest first.
    package let grants: [Subject]

    /// A grant or denial and how it compared.
    package struct Subject: Sendable {
        package let name: String
        package let place: SourcePlace
        package let mode: EnforcementMode
        /// Whether it holds at this time; denials always do.
        package let holdsNow: Bool
        /// The patterns, the nearest first.
        package let patterns: [Pattern]

        /// How many selectors stand between the workload and the nearest pattern.
        package var distance: Int { patterns.first?.distance ?? .max }
    }

    /// One pattern, selector by selector.
    package struct Pattern: Sendable {
        package let selectors: [(selector: Selector, comparison: Comparison)]

        /// Selectors that do not hold for certain; a pattern without selectors is out of reach.
        package var distance: Int {
            selectors.isEmpty ? .max : selectors.count { $0.comparison != .same }
        }
    }
}
