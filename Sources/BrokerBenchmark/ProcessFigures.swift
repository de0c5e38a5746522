internal import FoundationEssentials
internal import Glibc

/// What /proc says of a running process (proc(5)).
struct ProcessFigures {
    let pid: Int

    /// User and system time so far, in seconds.
    func cpuSeconds() throws(BenchmarkError) -> Double {
        // The name in parentheses may hold anything; utime and stime are fields 14 and 15, and 3 follows the name.
        let fields = try text("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw BenchmarkError("could not read the CPU time of process \(pid)")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// A line of /proc/PID/status, such as `VmRSS`.
    func status(_ name: String) throws(BenchmarkError) -> String {
        for line in try text("status").split(separator: "\n") where line.hasPrefix(name + ":") {
            return line.dropFirst(name.count + 1).trimmingPrefix { $0 == " " || $0 == "\t" }.description
        }
        throw BenchmarkError("the status of process \(pid) has no \(name)")
    }

    /// The process that `pid` started first, for a server whose worker is a process of its own.
    func firstChild() throws(BenchmarkError) -> ProcessFigures? {
        try text("task/\(pid)/children").split(separator: " ").first.flatMap { Int($0) }.map(ProcessFigures.init)
    }

    private func text(_ file: String) throws(BenchmarkError) -> String {
        do {
            return try String(contentsOfFile: "/proc/\(pid)/\(file)", encoding: .utf8)
        } catch {
            throw BenchmarkError("could not read /proc/\(pid)/\(file): is process \(pid) running?")
        }
    }
}
