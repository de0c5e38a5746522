package import CredentialSinks
package import DocumentReader

extension SinkTemplate {
    /// Reads a template's file.
    ///
    /// - Throws: ``DocumentError`` with the file and the line of what is wrong.
    package init(reading path: String) throws(DocumentError) {
        let text = try TextFile.read(path, limit: Self.limit)
        do throws(TemplateError) {
            try self.init(parsing: text)
        } catch {
            throw DocumentError(file: path, line: error.line, key: "", message: error.message)
        }
    }
}
