package import BrokerAPI
package import JOSE

/// What a sink's file holds.
package enum SinkContent: Sendable {
    /// One line with the token, and the variable's name where the format has one.
    case format(TokenFormat, variable: String)
    case template(SinkTemplate)

    /// What must be known to write it.
    package var variables: Set<TemplateVariable> {
        switch self {
        case .format: [.accessToken]
        case .template(let template): template.variables
        }
    }

    /// The text with values that are the same each time, for golden tests.
    package var fake: String {
        switch self {
        case .template(let template): template.fake
        case .format(let format, let variable): SinkValues.fake.line(format, variable).exposed
        }
    }

    /// The text of the file.
    ///
    /// - Returns: `nil` when a value is missing that ``variables`` names.
    package func text(_ values: SinkValues) -> Redacted<String>? {
        switch self {
        case .format(let format, let variable): values.line(format, variable)
        case .template(let template): template.render(values.byVariable)
        }
    }
}
