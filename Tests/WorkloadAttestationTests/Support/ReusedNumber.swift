import Glibc
import Testing

/// Makes process numbers come round.
enum ReusedNumber {
    /// Starts a program until it has the number of a process that has ended.
    static func process(_ wanted: pid_t, _ words: [String]) throws -> ChildProcess {
        for _ in 0..<2_000 {
            // The next process of this PID namespace gets the next free number (proc_sys_kernel(5)).
            let file = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { throw SystemCallError(name: "open") }
            let digits = Array("\(wanted - 1)".utf8)
            let count = write(file, digits, digits.count)
            close(file)
            guard count == digits.count else { throw SystemCallError(name: "write") }
            let process = try ChildProcess(words)
            if process.processID == wanted { return process }
            // Another test was faster.
            process.end()
        }
        throw NumberNotReached(wanted: wanted)
    }

    struct NumberNotReached: Error {
        let wanted: pid_t
    }
}
