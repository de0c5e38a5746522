internal import DocumentReader
internal import IBMCloud

extension ConfigurationReader {
    private static let mostPlans = 256

    /// The section `resource_controller`; `nil`: where it always is.
    func resourceController(_ section: DocumentValue?) throws(DocumentError) -> ServiceURL? {
        try section?.mapping(known: ["url"])["url"].map(keyServiceURL)
    }

    /// Keys go over it, so it is only called encrypted, or on this machine.
    func keyServiceURL(_ value: DocumentValue) throws(DocumentError) -> ServiceURL {
        let url = try url(value)
        guard url.isEncrypted || url.isLoopback else {
            throw value.error("must begin with https:// unless it is this machine")
        }
        return url
    }

    /// The plans of the folder that `rotation` names: every `.yaml` and `.yml` file in it.
    func rotations(
        _ section: DocumentValue?,
        _ surroundings: RotationPlanReader.Surroundings
    ) throws(DocumentError) -> [RotationSetting] {
        guard let section else { return [] }
        let files = try PolicyFolder.files(in: path(section))
        guard files.count <= Self.mostPlans else {
            throw section.error("must not have more than \(Self.mostPlans) plans")
        }
        var settings: [RotationSetting] = []
        let claims = RotationClaims(sinks: surroundings.sinks, certificates: surroundings.certificates)
        var size = 0
        for file in files {
            let text = try TextFile.read(file)
            size += text.utf8.count
            guard size <= DocumentSize.policyFolder else {
                throw DocumentError(
                    file: file,
                    line: nil,
                    key: "",
                    message: "makes the plans larger than \(DocumentSize.policyFolder / 1_048_576) MiB in all"
                )
            }
            let reader = RotationPlanReader(configuration: self, surroundings: surroundings, claims: claims)
            settings.append(try reader.read(DocumentValue(parsing: text, file: file), file: file))
        }
        return settings
    }
}
