package import AccessPolicy

/// What the control group of a process says about the unit, the container and the pod that it runs in.
///
/// Only those names count that the system's own managers gave. What is below a unit is delegated: whoever the unit runs as
/// may make groups of any name there, so they prove nothing.
package struct ControlGroup: Sendable, Hashable {
    package let unit: Fact<String>
    /// The slices around the unit, the outermost first.
    package let slices: Fact<[String]>
    package let container: Fact<String>
    package let pod: Fact<String>

    /// - Parameters:
    ///   - bytes: The content of `/proc/PID/cgroup` (cgroups(7)).
    ///   - namespace: That of whoever read it.
    package init(parsing bytes: [UInt8], seenFrom namespace: ControlGroupNamespace = .machine) {
        switch ControlGroupPath.find(in: bytes, seenFrom: namespace) {
        case .failure(let reason): self.init(unknown: reason.text)
        case .success(let path): self.init(path)
        }
    }

    package init(unknown reason: String) {
        self.init(unit: .unknown(reason), slices: .unknown(reason), (.unknown(reason), .unknown(reason)))
    }

    private init(_ path: ControlGroupPath) {
        let slices = Array(path.components.prefix { UnitName.isSlice($0) })
        let rest = Array(path.components.dropFirst(slices.count))
        let around: Fact<[String]> = slices.isEmpty ? .none : .known(slices)
        guard let first = rest.first, UnitName.claimsProcesses(first) else {
            self.init(unit: .none, slices: around, Container.withoutUnit(rest, slices: slices))
            return
        }
        guard UnitName.isValid(first) else {
            self.init(unknown: "the control group's unit has a name that no unit can have")
            return
        }
        let below = Array(rest.dropFirst())
        self.init(unit: .known(first), slices: around, Container.inUnit(first, below: below, slices: slices))
    }

    private init(unit: Fact<String>, slices: Fact<[String]>, _ facts: Container.Facts) {
        self.unit = unit
        self.slices = slices
        (container, pod) = facts
    }
}
