internal import FoundationEssentials
internal import MessageDigests
internal import Mustache

/// The page for operators: what `iam-broker status` tells, to look at in a browser.
///
/// It is made of what it is given and nothing else: no script, nothing from elsewhere, and no style but its own.
package struct StatusPage: Sendable {
    private let template: MustacheTemplate
    private let styleHash: String

    /// - Throws: ``StatusPageError`` when the template cannot be read, or the style not be hashed.
    package init() throws(StatusPageError) {
        do {
            // Texts are escaped before they get here; see PageText.
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + PageTemplate.text)
            styleHash = Data(try SHA256.digest(of: PageStyle.text.utf8).bytes).base64EncodedString()
        } catch {
            throw StatusPageError(message: "the status page cannot be made: \(error)")
        }
    }

    /// What the browser may do with the page, for `Content-Security-Policy`: nothing but show it.
    package var contentSecurityPolicy: String {
        "default-src 'none'; style-src 'sha256-\(styleHash)'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    }

    /// The page, in UTF-8.
    package func render(_ material: PageMaterial) -> [UInt8] {
        var values = PageValue.content(PageView(material).values)
        // It is ours, and HTML reads nothing in it.
        values["style"] = PageStyle.text
        return Array(template.render(values).utf8)
    }
}

/// The page cannot be made at all.
package struct StatusPageError: Error, CustomStringConvertible {
    /// For people.
    package let message: String

    package var description: String { message }
}
