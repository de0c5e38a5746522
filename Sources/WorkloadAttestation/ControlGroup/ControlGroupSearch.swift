/// Looks for a control group among all that there are.
struct ControlGroupSearch {
    private let wanted: FileIdentity
    private var left = 1 << 17

    /// As many levels as ``ControlGroupPath`` reads.
    private static let maximumDepth = 64

    init(for wanted: FileIdentity) {
        self.wanted = wanted
    }

    /// The names from `folder` to the group; nil when it is not there, too deep, or among too many.
    mutating func path(in folder: Folder, depth: Int = 0) throws(FileFault) -> [String]? {
        if try folder.identity(of: ".") == wanted { return [] }
        guard depth < Self.maximumDepth else { return nil }
        for name in try folder.folders(atMost: left) {
            left -= 1
            guard left > 0 else { return nil }
            do {
                if let rest = try path(in: folder.folder(name), depth: depth + 1) { return [name] + rest }
            } catch {
                // Groups come and go meanwhile.
                guard error.isGone else { throw error }
            }
        }
        return nil
    }
}
