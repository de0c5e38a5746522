package import AccessPolicy
package import DocumentReader
internal import FoundationEssentials

/// The folder of grant documents: every `.yaml` and `.yml` file in it, by name.
///
/// Files of test cases (`.test.yaml`), hidden files and folders are none of them.
package enum PolicyFolder {
    /// Reads all documents.
    ///
    /// One that cannot be read or does not parse is an error: a policy is complete or it is none.
    ///
    /// - Throws: ``DocumentErrors``: what is wrong with any of them.
    package static func read(
        _ folder: String,
        profiles: Set<ProfileName>?,
        sinks: Set<String>? = nil,
        rotations: Set<String>? = nil,
        accounts: AccountNames
    ) throws(DocumentErrors) -> Policy {
        Policy(try documents(in: folder, profiles: profiles, sinks: sinks, rotations: rotations, accounts: accounts))
    }

    /// The documents that make up a policy, in their order.
    package static func documents(
        in folder: String,
        profiles: Set<ProfileName>?,
        sinks: Set<String>? = nil,
        rotations: Set<String>? = nil,
        accounts: AccountNames
    ) throws(DocumentErrors) -> [PolicyDocument] {
        let files: [String]
        do {
            files = try self.files(in: folder)
        } catch {
            throw DocumentErrors([error])
        }
        return try documents(files, profiles: profiles, sinks: sinks, rotations: rotations, accounts: accounts)
    }

    /// The same for documents that are named one by one.
    package static func documents(
        _ files: [String],
        profiles: Set<ProfileName>?,
        sinks: Set<String>? = nil,
        rotations: Set<String>? = nil,
        accounts: AccountNames
    ) throws(DocumentErrors) -> [PolicyDocument] {
        let names = GrantNames()
        var documents: [PolicyDocument] = []
        var errors = DocumentErrors()
        var size = 0
        for file in files {
            do {
                let text = try TextFile.read(file, limit: DocumentSize.policy)
                size += text.utf8.count
                guard size <= DocumentSize.policyFolder else {
                    throw DocumentError(
                        file: file,
                        line: nil,
                        key: "",
                        message: "makes the policy larger than \(DocumentSize.policyFolder / 1_048_576) MiB in all"
                    )
                }
                documents.append(
                    try PolicyDocument(
                        parsing: text,
                        file: file,
                        profiles: profiles,
                        sinks: sinks,
                        rotations: rotations,
                        accounts: accounts,
                        names: names
                    )
                )
            } catch let error as DocumentError {
                errors.add(error)
                if size > DocumentSize.policyFolder { break }
            } catch let several as DocumentErrors {
                errors.add(several)
            } catch {
                errors.add(DocumentError(file: file, line: nil, key: "", message: "cannot be read: \(error)"))
            }
        }
        guard errors.isEmpty else { throw errors }
        return documents
    }

    /// The paths of a folder's documents, in their order.
    package static func files(in folder: String) throws(DocumentError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter(isDocument).sorted()
                .map { "\(folder)/\($0)" }
        } catch {
            throw DocumentError(file: folder, line: nil, key: "", message: "cannot be read: it must be a folder")
        }
    }

    /// Whether a file of this name is read.
    package static func isDocument(_ name: String) -> Bool {
        isYAML(name) && !isCases(name)
    }

    /// Whether a file of this name holds cases for `iam-broker policy test`.
    package static func isCases(_ name: String) -> Bool {
        isYAML(name) && (name.hasSuffix(".test.yaml") || name.hasSuffix(".test.yml"))
    }

    // Editors leave hidden files behind, and Kubernetes keeps its own in a mounted folder.
    private static func isYAML(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }
}
