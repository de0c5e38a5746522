import Glibc

extension Setup {
    /// A daemon that carries out these plans with the profile `reports`.
    ///
    /// - Parameter plans: what a plan has beside version, name and profile, by its name. It begins once a year, at most.
    /// - Returns: the setup.
    static func rotating(_ plans: [String: String]) -> Setup {
        var setup = Setup()
        setup.rotations = Dictionary(
            plans.map { name, rest in
                let schedule = rest.contains("schedule:") ? "" : "schedule: { cron: \"0 0 1 1 *\" }\n"
                return (name, "version: 1\nname: \(name)\nprofile: reports\n\(schedule)\(rest)\n")
            },
            uniquingKeysWith: { first, _ in first }
        )
        setup.policy = """
            version: 1
            grants:
              - name: tests
                profiles: [reports]
                rotations: [\(plans.keys.sorted().joined(separator: ", "))]
                workloads: [ { uid: \(getuid()) } ]
                rate: unlimited
            """
        return setup
    }
}
