internal import DocumentReader
internal import FoundationEssentials
internal import Glibc
internal import TokenBroker

/// What the kernel says about this process (proc(5)).
///
/// What it does not say is `nil`: a number that nobody measured is worse than none.
struct ProcessFigures: Sendable {
    /// When the process was started, in seconds since 1970.
    let startedAt: Double?

    /// - Parameter now: of the machine's clocks.
    init(now: Moment) {
        let ticks = Self.fields("/proc/self/stat", after: ")").flatMap { $0.count > 19 ? Double($0[19]) : nil }
        // The 22nd field of all; the first two are in front of the bracket.
        startedAt = ticks.map { ticks in
            let age = now.boot / .seconds(1) - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
            return now.wall.timeIntervalSince1970 - age
        }
    }

    var residentMemory: Double? {
        guard let fields = Self.fields("/proc/self/statm"), fields.count > 1, let pages = Double(fields[1]) else {
            return nil
        }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    var processorTime: Double? {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
    }

    var openFiles: Double? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the folder itself.
        return Double(max(0, count - 3))
    }

    var maximumFiles: Double? {
        var table = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &table) == 0 else { return nil }
        return Double(table.rlim_cur)
    }

    private static func fields(_ path: String, after mark: Character? = nil) -> [Substring]? {
        guard let text = try? TextFile.read(path, limit: 16 * 1_024) else { return nil }
        // A process may have any name; it stands in the last brackets.
        let start = mark.flatMap { text.lastIndex(of: $0) }.map { text.index(after: $0) } ?? text.startIndex
        return text[start...].split { $0 == " " || $0 == "\n" }
    }
}
