/// A step of a key's rotation.
package struct AuditedRotation: Sendable, Equatable {
    package let plan: String
    /// The rotation's ID; `nil` for what belongs to none.
    package let rotation: String?
    /// A stable word, such as `created`.
    package let kind: String
    /// For people; never a key.
    package let detail: String

    package init(plan: String, rotation: String?, kind: String, detail: String) {
        (self.plan, self.rotation, self.kind, self.detail) = (plan, rotation, kind, detail)
    }
}
