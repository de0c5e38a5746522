/// How large a document may be, in bytes of its text.
package enum DocumentSize {
    /// What people write by hand stays far below.
    package static let standard = 1_024 * 1_024
    /// One file of grants: 10,000 of them take 1 to 3 MiB.
    package static let policy = 8 * 1_024 * 1_024
    /// All files of grants together.
    package static let policyFolder = 32 * 1_024 * 1_024

    static func words(_ size: Int) -> String {
        size % (1_024 * 1_024) == 0 ? "\(size / (1_024 * 1_024)) MiB" : "\(size) bytes"
    }
}
