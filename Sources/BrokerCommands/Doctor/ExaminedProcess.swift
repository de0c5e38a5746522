internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc

/// A process, as far as SDKs in it would look for credentials.
struct ExaminedProcess {
    /// `nil` for this command itself.
    let id: Int32?
    /// The environment; of names that come twice the first counts.
    let environment: [String: String]
    /// What goes before every path: the process may see other files than this command.
    let root: String
    /// As the process sees it.
    let workingFolder: String
    /// As the process sees it; `nil` when nobody knows.
    let home: String?

    private static let environmentLimit = 4 << 20

    /// This command, and so the shell that runs it.
    static var this: Self {
        let environment = ProcessInfo.processInfo.environment
        return Self(id: nil, environment: environment, root: "", workingFolder: ".", home: environment["HOME"])
    }

    init(id: Int32?, environment: [String: String], root: String, workingFolder: String, home: String?) {
        (self.id, self.environment, self.root) = (id, environment, root)
        (self.workingFolder, self.home) = (workingFolder, home)
    }

    /// Reads about another process.
    init(id: Int32) throws(CommandFailure) {
        let bytes: [UInt8]
        do {
            bytes = try InputFile(path: "/proc/\(id)/environ").readAll(limit: Self.environmentLimit)
        } catch {
            throw CommandFailure(
                error.exitCode,
                "cannot look into process \(id): \(error.message)",
                hint: "look as root, at a process that runs: sudo iam-broker doctor --pid \(id)"
            )
        }
        let pairs = bytes.split(separator: 0)
            .compactMap { entry -> (String, String)? in
                let parts = entry.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { return nil }
                return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
            }
        let environment = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        self.init(
            id: id,
            environment: environment,
            root: "/proc/\(id)/root",
            workingFolder: Self.link("/proc/\(id)/cwd") ?? "/",
            home: environment["HOME"]
        )
    }

    /// The path by which this command reaches `path` of the process.
    func reachable(_ path: String) -> String {
        guard id != nil else { return path }
        return path.hasPrefix("/") ? root + path : root + workingFolder + "/" + path
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
