/// A secret of Secrets Manager to which keys are published.
package struct SecretSinkTarget: Sendable, Hashable {
    /// What becomes of the fields of a key.
    package enum Form: Sendable, Hashable {
        /// An arbitrary secret that holds this one field.
        case field(String)
        /// An arbitrary secret that holds all fields as a JSON object.
        case document
        /// A `kv` secret with a member for each field; its other members stay.
        case members
        /// A `kv` secret in which this member holds this field; its other members stay.
        case member(String, field: String)
    }

    /// Base URL of the Secrets Manager instance.
    package let url: String
    package let id: String
    package let form: Form

    package init(url: String, id: String, form: Form) {
        (self.url, self.id, self.form) = (url, id, form)
    }
}
