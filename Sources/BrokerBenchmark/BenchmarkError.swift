internal import Glibc

/// Why a measurement could not be made.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A system call that failed with `code`, a positive `errno`.
    init(_ attempt: String, errno code: Int32) {
        description = "\(attempt): \(String(cString: strerror(code)))"
    }
}
