package import CredentialSinks
package import DocumentReader

extension SinkTemplate {
    /// Reads a template's file.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - scope: what the template may ask for.
    /// - Throws: ``DocumentError`` with the file and the line of what is wrong.
    package init(reading path: String, in scope: TemplateScope = .tokens) throws(DocumentError) {
        let text = try TextFile.read(path, limit: Self.limit)
        do throws(TemplateError) {
            try self.init(parsing: text, in: scope)
        } catch {
            throw DocumentError(file: path, line: error.line, key: "", message: error.message)
        }
    }
}
