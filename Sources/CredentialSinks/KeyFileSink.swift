internal import JOSE
package import KeyRotation
internal import MessageDigests
internal import SecretFiles

/// A file in which consumers find a key.
///
/// What it held before a rotation is kept beside it (``RevertibleFile``) under the rotation's ID, until that is forgotten. Each call may be
/// repeated, whatever became of the one before.
package struct KeyFileSink: KeySink {
    /// What is done outside of the tasks of the program.
    package struct Surroundings: Sendable {
        /// Does work that holds up its thread.
        ///
        /// `nil` when the process stops meanwhile. Works of one file must not overlap.
        package var blocking: @Sendable (@escaping @Sendable () -> SinkAnswer) async -> SinkAnswer?
        /// Runs a program with its arguments, for the purpose that is named, and holds up its thread until it has ended.
        package var run: @Sendable (_ words: [String], _ purpose: String) -> SinkFault?

        package init(
            blocking: @escaping @Sendable (@escaping @Sendable () -> SinkAnswer) async -> SinkAnswer?,
            run: @escaping @Sendable (_ words: [String], _ purpose: String) -> SinkFault?
        ) {
            (self.blocking, self.run) = (blocking, run)
        }
    }

    private let setting: KeyFileSetting
    private let file: RevertibleFile
    private let prints: KeyFilePrints
    private let surroundings: Surroundings

    /// - Parameters:
    ///   - setting: the file.
    ///   - prints: recognise contents; the same after a restart.
    ///   - surroundings: what is done outside.
    ///   - beforeChange: called before each change of the disk; for tests.
    package init(
        _ setting: KeyFileSetting,
        prints: KeyFilePrints,
        _ surroundings: Surroundings,
        beforeChange: @escaping @Sendable () -> Void = {}
    ) {
        (self.setting, self.prints, self.surroundings) = (setting, prints, surroundings)
        file = RevertibleFile(setting.file, beforeChange: beforeChange)
    }

    package func perform(_ call: SinkCall) async throws(Interruption) -> SinkAnswer {
        guard let answer = await surroundings.blocking({ self.carryOut(call) }) else { throw Interruption() }
        return answer
    }

    private func carryOut(_ call: SinkCall) -> SinkAnswer {
        do throws(Failure) {
            switch call {
            case .publish(let key): return try publish(key)
            case .inspect(let print): return try inspect(print)
            case .restore(let print): return try restore(print)
            case .forget(let print):
                try access { () throws(SecretFileError) in try file.forget(print.rotation.rawValue) }
                return .done
            }
        } catch {
            return .fault(error.fault)
        }
    }

    // MARK: Calls

    private func publish(_ key: PublishedKey) throws(Failure) -> SinkAnswer {
        let text: Redacted<String>
        do throws(KeyContentError) {
            text = try setting.content.text(of: key)
        } catch {
            throw Failure("cannot write \(path): \(error.message)", isLasting: true)
        }
        let mark = key.rotation.rawValue
        if try !file.isMet(by: snapshot(), content: text.exposed) { try replace(with: text, mark) }
        let written = try snapshot()
        guard file.isMet(by: written, content: text.exposed) else {
            return .differs("\(path) does not read back as what was written to it; see who writes to it")
        }
        // Also when it was there already: an earlier attempt may have come as far as that, and no further.
        try run(setting.reload, "reload")
        // A rotation that publishes is the only one that can still be taken back.
        try access { () throws(SecretFileError) in
            try file.forgetAll(but: mark) { RotationID(rawValue: $0) != nil }
        }
        return .holds(try print(written, key.rotation))
    }

    private func replace(with text: Redacted<String>, _ mark: String) throws(Failure) {
        let staged = try access { () throws(SecretFileError) in try file.stage(text.exposed) }
        let path = staged.path
        try run(setting.check?.map { $0.replacing(KeyFileSetting.contentWord, with: path) }, "check")
        try access { () throws(SecretFileError) in try staged.commit(keepingAside: mark) }
    }

    private func inspect(_ print: SinkPrint) throws(Failure) -> SinkAnswer {
        let found = try snapshot()
        guard try self.print(found, print.rotation) == print else {
            return .differs(
                found == nil ? "\(path) is gone" : "\(path) has another content, owner or mode; see who changed it"
            )
        }
        return .holds(print)
    }

    private func restore(_ print: SinkPrint) throws(Failure) -> SinkAnswer {
        let wasKept = try access { () throws(SecretFileError) in try file.putBack(print.rotation.rawValue) }
        let found = try self.print(snapshot(), print.rotation)
        guard wasKept || found.text.isEmpty || found != print else {
            return .differs("\(path) holds what the rotation published, and nothing is kept of what it held before")
        }
        // Also when nothing is kept any more: an earlier attempt may have put it back.
        try run(setting.reload, "reload")
        return .holds(found)
    }

    // MARK: The outside

    private var path: String { setting.file.location.path }

    private func snapshot() throws(Failure) -> RevertibleFile.Snapshot? {
        try access { () throws(SecretFileError) in try file.snapshot(limit: KeyContent.limit) }
    }

    private func print(
        _ snapshot: RevertibleFile.Snapshot?,
        _ rotation: RotationID
    ) throws(Failure) -> SinkPrint {
        do throws(DigestError) {
            return try prints.print(snapshot, rotation)
        } catch {
            throw Failure("cannot recognise the content of \(path): memory may be exhausted")
        }
    }

    private func run(_ words: [String]?, _ purpose: String) throws(Failure) {
        if let words, let fault = surroundings.run(words, purpose) { throw Failure(fault) }
    }

    private func access<Value>(_ body: () throws(SecretFileError) -> Value) throws(Failure) -> Value {
        do throws(SecretFileError) {
            return try body()
        } catch {
            // A full disk may have room in a second; a place that is not safe does not become so by itself.
            throw Failure(error.message, isLasting: error.code == .unsafePlace)
        }
    }

    /// A fault on its way out.
    private struct Failure: Error {
        let fault: SinkFault

        init(_ fault: SinkFault) {
            self.fault = fault
        }

        init(_ message: String, isLasting: Bool = false) {
            fault = SinkFault(message, isLasting: isLasting)
        }
    }
}
