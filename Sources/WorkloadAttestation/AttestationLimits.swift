/// What attestation may cost.
///
/// All bounds are hard: what exceeds one is refused or stays unknown.
package struct AttestationLimits: Sendable, Hashable {
    /// The largest executable whose digest is computed, in bytes.
    package var digestedSize: UInt64 = 1 << 30
    /// How many digests are kept.
    package var keptDigests = 1_024
    /// How long looking at one process may take, waiting for a thread included.
    package var lookupTime: Duration = .seconds(2)
    /// How long one search for the process behind a TCP connection may take.
    ///
    /// It runs within ``lookupTime``.
    package var searchTime: Duration = .seconds(1)
    /// How long one digest may take, waiting for a thread included.
    package var digestTime: Duration = .seconds(30)
    /// Threads that look at processes.
    ///
    /// A file system that hangs takes one for as long as it hangs.
    package var lookups = WorkPool.Limits(threads: 32, threadsPerKey: 2, jobs: 1_024, jobsPerKey: 128)
    /// Threads that compute digests.
    package var digests = WorkPool.Limits(threads: 8, threadsPerKey: 1, jobs: 256, jobsPerKey: 32)

    package init() {}
}
