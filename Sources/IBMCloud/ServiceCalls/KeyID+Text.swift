internal import JOSE
internal import KeyRotation

extension KeyID {
    /// An ID that a service gave, fit for paths and messages; `nil` for anything else.
    init?(foreign text: String?) {
        guard let text = ForeignText.identifier(text), text.contains(where: { $0 != "." }) else { return nil }
        self.init(text)
    }

    /// The ID as one segment of a path.
    ///
    /// - Throws: a fault for an ID that no service can have given: it came from somewhere else.
    func segment() throws(CallStop) -> String {
        guard KeyID(foreign: rawValue) != nil else {
            throw .fault(IssuerFault(.rejected, "a key ID is not one; check the journal of the plan"))
        }
        return PercentText.encoded(rawValue)
    }
}
