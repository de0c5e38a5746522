/// Where a file is: a folder and a name in it.
package struct FileLocation: Sendable, Hashable {
    package let path: String
    package let folder: String
    package let name: String

    /// Bytes; with what ``temporaryPrefix`` adds a name still is one for the kernel (`NAME_MAX`, 255).
    private static let longestName = 220

    /// How names begin under which the content lies before it gets the file's name.
    var temporaryPrefix: String { ".\(name).iam-broker-" }

    /// - Throws: ``SecretFileError`` for what does not name a file, or names it at too great length.
    package init(_ path: String) throws(SecretFileError) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= Self.longestName, !path.utf8.contains(0)
        else {
            throw SecretFileError(.unsafePlace, "\(String(reflecting: path)) does not name a file")
        }
        let folder = path.dropLast(name.count)
        (self.path, self.name) = (path, name)
        self.folder = folder.isEmpty ? "." : folder.allSatisfy { $0 == "/" } ? "/" : String(folder.dropLast())
    }
}

extension FileLocation {
    /// How names begin under which something is kept aside, or is not there yet.
    var hiddenPrefix: String { ".\(name)." }

    /// Under which name the content lies that the file had before.
    func previousName(_ mark: String) -> String { "\(hiddenPrefix)\(mark).previous" }

    /// The name of an empty file, which says that there was no file before.
    func absentName(_ mark: String) -> String { "\(hiddenPrefix)\(mark).absent" }
}
