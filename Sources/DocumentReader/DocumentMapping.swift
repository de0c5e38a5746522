/// The members of a YAML mapping, in the order of the document.
package struct DocumentMapping {
    let owner: DocumentValue
    package let members: [Member]

    package struct Member {
        package let name: String
        /// Where the name itself stands.
        package let place: DocumentValue
        package let value: DocumentValue
    }

    /// The value of `name`, or `nil` when it is absent.
    package subscript(_ name: String) -> DocumentValue? {
        members.first { $0.name == name }?.value
    }

    package func required(_ name: String) throws(DocumentError) -> DocumentValue {
        guard let value = self[name] else { throw owner.error("key '\(name)' is missing") }
        return value
    }
}
