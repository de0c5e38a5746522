internal import FoundationEssentials

/// What a path given on the command line leads to.
enum FileKind {
    case folder
    /// Anything else, there or not: who reads it says so.
    case file

    init(of path: String) {
        var isFolder = false
        self = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder ? .folder : .file
    }
}
