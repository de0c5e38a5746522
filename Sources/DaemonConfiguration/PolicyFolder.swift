package import AccessPolicy
package import DocumentReader
internal import FoundationEssentials

/// The folder of grant documents: every `.yaml` and `.yml` file in it, by name.
package enum PolicyFolder {
    /// Reads all documents.
    ///
    /// One that cannot be read or does not parse is an error: a policy is complete or it is none.
    package static func read(
        _ folder: String,
        profiles: Set<ProfileName>,
        accounts: AccountNames
    ) throws(DocumentError) -> Policy {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw DocumentError(file: folder, line: nil, key: "", message: "cannot be read: it must be a folder")
        }
        var documents: [PolicyDocument] = []
        var owners: [String: String] = [:]
        for name in names where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            let path = folder + "/" + name
            let text = try TextFile.read(path)
            let document = try PolicyDocument(parsing: text, file: path, profiles: profiles, accounts: accounts)
            for name in document.grants.map(\.name) + document.denials.map(\.name) {
                // A name stands in the log for one grant or denial, and not for two.
                if let owner = owners.updateValue(path, forKey: name) {
                    throw DocumentError(file: path, line: nil, key: name, message: "is a name in \(owner), too")
                }
            }
            documents.append(document)
        }
        return Policy(documents)
    }
}

/// Files of text that somebody edits.
package enum TextFile {
    /// The whole text, or an error that names the file.
    package static func read(_ path: String) throws(DocumentError) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw DocumentError(
                file: path,
                line: nil,
                key: "",
                message: "cannot be read: it must exist, be readable by the daemon's user, and be UTF-8"
            )
        }
    }
}
