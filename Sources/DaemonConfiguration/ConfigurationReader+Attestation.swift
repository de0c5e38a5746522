internal import DocumentReader

extension ConfigurationReader {
    /// `attestation.control_groups`.
    func controlGroups(_ section: DocumentValue?) throws(DocumentError) -> String? {
        guard let section else { return nil }
        return try path(section.mapping(known: ["control_groups"]).required("control_groups"))
    }
}
