/// Where a file is: a folder and a name in it.
struct FileLocation: Sendable, Hashable {
    let path: String
    let folder: String
    let name: String

    init(_ path: String) throws(CertificateError) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard !name.isEmpty, name != ".", name != "..", !path.utf8.contains(0) else {
            throw CertificateError(.unsafePlace, "\(String(reflecting: path)) does not name a file")
        }
        let folder = path.dropLast(name.count)
        (self.path, self.name) = (path, name)
        self.folder = folder.isEmpty ? "." : folder.allSatisfy { $0 == "/" } ? "/" : String(folder.dropLast())
    }
}
