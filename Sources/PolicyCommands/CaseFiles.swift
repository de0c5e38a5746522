internal import DaemonConfiguration
internal import DocumentReader
internal import FoundationEssentials

/// Finds files of cases.
enum CaseFiles {
    /// So deep and so many, because a folder given by mistake may be the whole disk.
    private static let mostNested = 16
    private static let most = 10_000

    /// The files at `path`, which is one or a folder, by name.
    ///
    /// Hidden folders, and links to folders inside, are not looked into.
    static func find(_ path: String) throws(DocumentError) -> [String] {
        guard FileKind(of: path) == .folder else {
            guard PolicyFolder.isCases(String(path.split(separator: "/").last ?? "")) else {
                throw error(path, "is no file of cases: its name must end in .test.yaml")
            }
            return [path]
        }
        var files: [String] = []
        try collect(path, depth: 0, &files)
        return files
    }

    private static func collect(_ folder: String, depth: Int, _ files: inout [String]) throws(DocumentError) {
        guard depth <= mostNested else { throw error(folder, "is nested more than \(mostNested) folders deep") }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw self.error(folder, "cannot be read: it must be a folder that this user may list")
        }
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        for name in names where !name.hasPrefix(".") {
            let path = "\(base)/\(name)"
            if PolicyFolder.isCases(name) {
                guard files.count < most else { throw error(folder, "has more than \(most) files of cases") }
                files.append(path)
            } else if isOwnFolder(path) {
                try collect(path, depth: depth + 1, &files)
            }
        }
    }

    private static func isOwnFolder(_ path: String) -> Bool {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return false }
        return attributes[.type] as? FileAttributeType == .typeDirectory
    }

    private static func error(_ file: String, _ message: String) -> DocumentError {
        DocumentError(file: file, line: nil, key: "", message: message)
    }
}
