/// What there is for a template to ask for.
package struct TemplateScope: Sendable {
    package let variables: Set<TemplateVariable>
    /// Where that is so, for messages.
    let place: String

    /// What can stand in a file with a token.
    package static let tokens = TemplateScope(
        variables: Set(TemplateVariable.allCases.filter { $0.source != .key }),
        place: "in a file with a token"
    )

    /// Everything, for looking at a template without knowing whose it is.
    package static let all = TemplateScope(variables: Set(TemplateVariable.allCases), place: "anywhere")

    /// What can stand in a file with a key that has these fields.
    package static func key(_ fields: KeyFields) -> TemplateScope {
        TemplateScope(variables: fields.variables, place: "in a file with the key of this plan")
    }

    /// In the order of the table.
    var names: String {
        TemplateVariable.allCases.filter(variables.contains).map(\.rawValue).joined(separator: ", ")
    }
}
