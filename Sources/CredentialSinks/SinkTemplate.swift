package import JOSE
internal import Mustache

/// A text with places for a token and what belongs to it, in the language of Mustache (mustache(5)).
///
/// It has variables and comments, and neither sections nor partials: nothing in it runs, asks or repeats. Values stand in it as
/// they are, without HTML escapes.
package struct SinkTemplate: Sendable {
    private let template: MustacheTemplate
    /// What it asks for.
    package let variables: Set<TemplateVariable>

    /// Bytes of a template at most.
    package static let limit = 256 * 1_024

    /// - Parameters:
    ///   - text: the template.
    ///   - scope: what it may ask for.
    /// - Throws: ``TemplateError`` when it is too large, or names something that nobody knows or that is not there.
    package init(parsing text: String, in scope: TemplateScope = .tokens) throws(TemplateError) {
        guard text.utf8.count <= Self.limit else {
            throw TemplateError(line: 1, "the template is larger than \(Self.limit / 1_024) KiB")
        }
        variables = try TemplateTags(of: text, scope).variables
        do {
            // The first line is one of its own, which the library takes away.
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + text)
        } catch {
            throw TemplateError(line: 1, "it is no Mustache template")
        }
    }

    /// The text with `values` in their places.
    ///
    /// - Returns: `nil` when one of ``variables`` has no value.
    package func render(_ values: [TemplateVariable: Redacted<String>]) -> Redacted<String>? {
        guard variables.isSubset(of: values.keys) else { return nil }
        var top: [String: Any] = [:]
        for variable in variables {
            let names = variable.rawValue.split(separator: ".").map(String.init)
            let value = values[variable]?.exposed ?? ""
            if names.count == 1 {
                top[names[0]] = value
            } else {
                var group = top[names[0]] as? [String: String] ?? [:]
                group[names[1]] = value
                top[names[0]] = group
            }
        }
        return Redacted(template.render(top))
    }

    /// The text with values that are the same each time, for golden tests.
    package var fake: String {
        let values = variables.map { ($0, Redacted($0.fake)) }
        return render(Dictionary(values) { first, _ in first })?.exposed ?? ""
    }
}
