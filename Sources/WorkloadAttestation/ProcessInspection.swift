internal import AccessPolicy
internal import Glibc
internal import MessageDigests

/// One look at a process in `/proc`.
///
/// It makes system calls that may wait, so it runs on a thread of a ``WorkPool``.
struct ProcessInspection: Sendable {
    /// What is known of a process so far.
    struct Findings: Sendable {
        var workload: Workload
        var facts: RequiredFacts
        /// The program that the facts about the executable are about.
        var program: FileStatus.Identity?
    }

    /// A digest that was computed since the inspection before asked for it.
    struct ComputedDigest: Sendable {
        let version: FileStatus.Version
        let fact: Fact<String>
    }

    enum Outcome: Sendable {
        case complete(Findings)
        /// The digest of this file is not known yet: compute it and inspect again.
        case digestMissing(ExecutableFile)
    }

    let process: ProcessHold
    let sources: FactSources

    /// Adds the facts that are missing of `wanted`.
    ///
    /// Every fact is the process's own: that it runs, under its user, is checked before and after, and that it runs the same
    /// program, too, when a fact is about the program.
    func add(
        _ wanted: RequiredFacts,
        to known: Findings,
        computed: ComputedDigest?
    ) throws(AttestationError) -> Outcome {
        let missing = wanted.subtracting(known.facts)
        var found = known
        let folder = try process.confirmed()
        if missing.contains(.loginUser) { found.workload.loginUserID = sources.loginUser(in: folder) }
        if missing.contains(.controlGroup) { sources.addControlGroup(to: &found.workload, from: folder) }
        let aboutProgram = missing.intersection([.executable, .sha256])
        if !aboutProgram.isEmpty,
            let file = try addProgram(aboutProgram, to: &found, from: folder, computed: computed)
        {
            return .digestMissing(file)
        }
        _ = try process.confirmed()
        found.facts.formUnion(missing)
        return .complete(found)
    }

    /// - Returns: The file whose digest must be computed first.
    private func addProgram(
        _ missing: RequiredFacts,
        to found: inout Findings,
        from folder: ProcessFolder,
        computed: ComputedDigest?
    ) throws(AttestationError) -> ExecutableFile? {
        let running: FileStatus
        switch folder.status(of: "exe") {
        case .success(let status): running = status
        case .failure(let error) where error.code == ESRCH: throw .exited(process.processID)
        case .failure(let error):
            // Once attested, a process does not lose its program unless it ends.
            if found.program != nil { throw .exited(process.processID) }
            let reason = "the executable may not be looked at: \(error); the daemon needs CAP_SYS_PTRACE"
            if missing.contains(.executable) { found.workload.executable = .unknown(reason) }
            if missing.contains(.sha256) { found.workload.sha256 = .unknown(reason) }
            return nil
        }
        guard found.program ?? running.identity == running.identity else { throw executed }
        found.program = running.identity
        if missing.contains(.executable) {
            found.workload.executable = ExecutablePath.fact(of: running, in: folder, observe: sources.observe)
        }
        if missing.contains(.sha256) {
            switch try digest(running.identity, in: folder, computed: computed) {
            case .success(let fact): found.workload.sha256 = fact
            case .failure(let missing): return missing.file
            }
        }
        guard case .success(let after) = folder.status(of: "exe") else { throw .exited(process.processID) }
        guard after.identity == running.identity else { throw executed }
        return nil
    }

    private struct MissingDigest: Error {
        let file: ExecutableFile
    }

    private func digest(
        _ running: FileStatus.Identity,
        in folder: ProcessFolder,
        computed: ComputedDigest?
    ) throws(AttestationError) -> Result<Fact<String>, MissingDigest> {
        let file: ExecutableFile
        do throws(ExecutableFile.Unusable) {
            file = try ExecutableFile(in: folder, largest: sources.largestDigested)
        } catch {
            return .success(.unknown(error.reason))
        }
        guard file.version.identity == running else { throw executed }
        if let computed {
            // The file of the inspection before was this process's program then: is it still?
            guard computed.version.identity == running else { throw executed }
            guard computed.version == file.version else {
                return .success(.unknown(ExecutableFile.Unusable.changed.reason))
            }
            return .success(computed.fact)
        }
        guard let digest = sources.digests.kept(file.version) else { return .failure(MissingDigest(file: file)) }
        return .success(.known(digest.hexadecimal))
    }

    private var executed: AttestationError {
        AttestationError(
            .executed,
            "process \(process.processID) executed another program since it connected; connect from the new program"
        )
    }
}
