internal import CLinux
internal import Glibc

/// Nanoseconds of the monotonic clock.
enum MonotonicClock {
    static var now: Int64 { clinux_clock_ns(CLOCK_MONOTONIC) }
}

/// Where the calling thread runs.
enum Processor {
    /// Ties the calling thread, and the processes it starts from now on, to one processor.
    static func pin(to cpu: Int) throws(BenchmarkError) {
        let result = clinux_pin_to_cpu(Int32(clamping: cpu))
        guard result == 0 else { throw BenchmarkError("could not run on processor \(cpu)", errno: -result) }
    }
}
