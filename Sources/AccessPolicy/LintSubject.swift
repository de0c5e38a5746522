/// A grant or a denial as lint looks at it.
struct LintSubject {
    let label: String
    let place: SourcePlace
    let name: String
    let workloads: [WorkloadPattern]
    let grant: Grant?
    let denial: Denial?

    init(_ grant: Grant, index: Int) {
        self.init(label: "grants[\(index)] '\(grant.name)'", grant.place, grant.name, grant.workloads, grant, nil)
    }

    init(_ denial: Denial, index: Int) {
        self.init(label: "denials[\(index)] '\(denial.name)'", denial.place, denial.name, denial.workloads, nil, denial)
    }

    private init(
        label: String,
        _ place: SourcePlace,
        _ name: String,
        _ workloads: [WorkloadPattern],
        _ grant: Grant?,
        _ denial: Denial?
    ) {
        (self.label, self.place, self.name) = (label, place, name)
        (self.workloads, self.grant, self.denial) = (workloads, grant, denial)
    }

    func warning(_ message: String) -> LintWarning { LintWarning(place: place, subject: label, message: message) }
}
