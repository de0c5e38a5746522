/// What tells the values of one metric apart, and how many there can be.
package struct MetricLabel: Sendable, Equatable {
    package enum Values: Sendable, Equatable {
        /// These and no others.
        case these([String])
        /// Names that the configuration gives to things of this kind: as many as there are.
        case configured(String)
        /// Words or names that somebody else chose, in this number at most.
        case upTo(Int, of: String)
    }

    package let name: String
    package let values: Values

    package init(_ name: String, _ values: Values) { (self.name, self.values) = (name, values) }

    /// Stands for all values for which there is no room.
    ///
    /// No profile, plan, sink or certificate can have that name.
    package static let other = "(other)"
    /// Stands for something that is not there, such as a profile that is none here.
    package static let none = "(none)"
    /// Bytes; what is longer counts as ``other``.
    package static let longestValue = 128

    /// `value` as it may be served: what is not allowed, or too long, counts as ``other``.
    func admitted(_ value: String) -> String {
        if case .these(let words) = values { return words.contains(value) ? value : Self.other }
        // Key IDs come from outside, and somebody will look at them in a terminal.
        let isPlain = value.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        return isPlain && value.utf8.count <= Self.longestValue ? value : Self.other
    }
}
