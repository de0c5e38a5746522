package import DocumentReader

/// One file of cases.
package struct PolicyCaseDocument: Sendable {
    /// Names of policy files beside it; `nil`: all of them.
    package let policies: [String]?
    package let cases: [PolicyCase]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - text: YAML, see `docs/policy.md`.
    ///   - file: what errors call it.
    ///   - accounts: turns names into numbers, the same as for the policies.
    /// - Throws: ``DocumentErrors``: everything that is wrong, with file, line and key.
    package init(parsing text: String, file: String, accounts: AccountNames) throws(DocumentErrors) {
        let document: DocumentValue
        do {
            document = try DocumentValue(parsing: text, file: file, limit: DocumentSize.policy)
        } catch {
            throw DocumentErrors([error])
        }
        let reader = PolicyCaseReader(accounts: accounts)
        (policies, cases) = reader.read(document)
        guard reader.errors.errors.isEmpty else { throw reader.errors.errors }
    }
}
