internal import AccessPolicy

extension MetadataQuery {
    /// Whether it can be sent, and stands for itself alone: a path as ``MetadataPath`` has it, a `start` of 1 to 1,024 visible
    /// ASCII characters, a `limit` of at least 1.
    package var isWellFormed: Bool {
        MetadataPath.segments(path) != nil && (limit ?? 1) >= 1
            && start.map { start in
                (1...1_024).contains(start.utf8.count) && start.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            } ?? true
    }
}
