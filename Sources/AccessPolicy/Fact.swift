/// What is known of one property of a workload.
///
/// Three values, because "it has none" and "nobody could tell" lead to different decisions: what could not be determined is
/// never a match for a grant and always a match for a denial.
package enum Fact<Value: Sendable & Hashable>: Sendable, Hashable {
    case known(Value)
    /// Determined: the workload has none, such as a process that runs in no unit.
    case none
    /// Not determined; why, for an operator.
    case unknown(String)

    /// The value, if there is one and it is known.
    package var value: Value? {
        if case .known(let value) = self { value } else { nil }
    }

    /// Nobody asked for it: no grant or denial has a selector that needs it.
    package static var notGathered: Fact { .unknown("no grant or denial asks for it") }
}
