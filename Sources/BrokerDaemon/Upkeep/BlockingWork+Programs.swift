internal import SystemPrograms

extension BlockingWork {
    /// How long a configured program may take.
    private static let programTime: Duration = .seconds(30)
    /// Bytes of its output, which is not used.
    private static let programOutput = 1 << 20

    /// Runs a program that the configuration names, and waits for its end.
    ///
    /// What it writes is read and thrown away: it may have looked at a secret.
    ///
    /// - Parameters:
    ///   - words: the program's absolute path, and its arguments.
    ///   - purpose: the key of the configuration, for messages.
    ///   - isCalledOff: kills the program once it says yes.
    /// - Throws: ``UpkeepFailure`` when it cannot be run, or ends otherwise than with 0 in time.
    func call(
        _ words: [String],
        as purpose: String,
        unless isCalledOff: @escaping @Sendable () -> Bool = { false }
    ) async throws(UpkeepFailure) {
        switch await run({ Self.outcome(of: words, as: purpose, unless: isCalledOff) }) {
        case .success: return
        case .failure(let failure): throw failure
        case nil: throw .cancelled
        }
    }

    /// The same, for a thread that may be held up.
    static func outcome(
        of words: [String],
        as purpose: String,
        unless isCalledOff: () -> Bool
    ) -> Result<Void, UpkeepFailure> {
        guard let program = words.first else { return .success(()) }
        do throws(ProgramError) {
            let run = try ProgramRun(
                program,
                Array(words.dropFirst()),
                limits: ProgramRun.Limits(output: programOutput, time: programTime),
                isCalledOff: isCalledOff
            )
            guard run.end == .exited(0) else {
                return .failure(UpkeepFailure("\(purpose): \(program) ended with \(run.end)"))
            }
            return .success(())
        } catch {
            return .failure(UpkeepFailure("\(purpose): \(error)", isLasting: error.code == .cannotStart))
        }
    }
}
