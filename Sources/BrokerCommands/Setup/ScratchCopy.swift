internal import Glibc

/// A copy of a tool's file in a folder of its own beside it, which lives as long as this value: for tools that change or read
/// files and nothing else.
///
/// Beside it, so that what is secret in it stays on the same disk, and for this user alone.
struct ScratchCopy: ~Copyable {
    let path: String
    private let folder: String

    static func make(of bytes: [UInt8], beside file: ToolFile) throws(CommandFailure) -> ScratchCopy {
        try file.makeFolder()
        var template = Array((file.folder + "/.iam-broker.XXXXXX").utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw ToolFile.failure("cannot write in \(file.folder)", errno)
        }
        let copy = ScratchCopy(
            folder: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        )
        try ToolFile(copy.path).replace(nil, with: bytes, mode: 0o600, copy: .leave)
        return copy
    }

    private init(folder: String) { (self.folder, path) = (folder, folder + "/copy") }

    deinit {
        // Tools that are stopped leave their locks.
        for name in [path, path + ".lock"] { _ = unsafe unlink(name) }
        _ = unsafe rmdir(folder)
    }

    /// What the tool has made of it.
    func content() throws(CommandFailure) -> [UInt8] { try ToolFile(path).content() ?? [] }
}
