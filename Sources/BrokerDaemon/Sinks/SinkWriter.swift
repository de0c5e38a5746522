internal import BrokerAPI
internal import CredentialSinks
internal import DaemonConfiguration
internal import FoundationEssentials
internal import Glibc
internal import JOSE
internal import MessageDigests
internal import SecretFiles
internal import TokenBroker

/// Does to the world what keeping one sink takes.
struct SinkWriter: Sendable {
    private let setting: SinkSetting
    private let instance: SinkInstanceValues?
    private let work: BlockingWork
    private let stopping = StopFlag()

    /// - Parameters:
    ///   - setting: what to keep where.
    ///   - metadata: for what templates say of the instance, where there is one.
    init(_ setting: SinkSetting, metadata: InstanceMetadata?) {
        self.setting = setting
        instance = metadata.map { SinkInstanceValues($0, setting.content.variables) }
        work = BlockingWork(label: "sink \(setting.name)")
    }

    /// Bytes of a file at most: a template, and what stands in it.
    private static let largest = SinkTemplate.limit + 256 * 1_024

    /// Writes the file, and calls `wrote` at the moment when it has its name.
    ///
    /// - Throws: ``UpkeepFailure``, also after `wrote` when the folder could not be made durable.
    func write(
        _ released: ReleasedToken,
        while stands: @escaping @Sendable () -> Bool,
        wrote: @escaping @Sendable (SinkPrint) -> Void
    ) async throws(UpkeepFailure) {
        var values = SinkValues(released)
        if let instance { values.instance = try await instance.values() }
        let known = values
        let mayGoOn = { @Sendable [stopping] in !stopping.isSet && stands() }
        try await blocking { [setting] () throws(UpkeepFailure) in
            let (text, print) = try Self.content(of: setting, known)
            let staged = try Self.wrapping { () throws(SecretFileError) in try setting.file.stage(text.exposed) }
            if let words = setting.check {
                let path = staged.path
                try BlockingWork.outcome(
                    of: words.map { $0.replacing(SinkSetting.contentWord, with: path) },
                    as: "check",
                    unless: { !mayGoOn() }
                )
                .get()
            }
            guard mayGoOn() else { return }
            defer { if !staged.isPending { wrote(print) } }
            try Self.wrapping { () throws(SecretFileError) in try staged.commit() }
        }
    }

    /// What the file shall hold now.
    private static func content(
        of setting: SinkSetting,
        _ known: SinkValues
    ) throws(UpkeepFailure) -> (Redacted<String>, SinkPrint) {
        var values = known
        let pair = try pair(setting)
        values.pair = try pair.map { bytes throws(UpkeepFailure) in try parse(bytes, setting) }
        guard let text = setting.content.text(values), text.exposed.utf8.count <= largest else {
            throw UpkeepFailure(
                "the template asks for something that is not there, or becomes too large",
                isLasting: true
            )
        }
        return (text, try print(text, pair))
    }

    func isIntact(_ print: SinkPrint) async -> Bool {
        await work.run { [setting] () -> Bool in
            // Whatever keeps it from being read is a reason to write it anew, which then says what is wrong.
            guard case .text(let text) = try? setting.file.content(limit: Self.largest),
                case .success(let pair) = Result(catching: { try Self.pair(setting) })
            else { return false }
            return (try? Self.print(Redacted(text), pair)) == print
        } ?? true
    }

    func reload(while stands: @escaping @Sendable () -> Bool) async throws(UpkeepFailure) {
        guard let words = setting.reload else { return }
        try await work.call(words, as: "reload") { [stopping] in stopping.isSet || !stands() }
    }

    func remove() async throws(UpkeepFailure) -> Bool {
        try await blocking { [setting] () throws(UpkeepFailure) in
            try Self.wrapping { () throws(SecretFileError) in try setting.file.remove() }
        }
    }

    func find() async throws(UpkeepFailure) -> Date? {
        try await blocking { [setting] () throws(UpkeepFailure) in
            try Self.wrapping { () throws(SecretFileError) in
                try setting.file.removeLeftovers()
                return try setting.file.modificationTime().map { Date(timeIntervalSince1970: TimeInterval($0)) }
            }
        }
    }

    /// Begins nothing any more, ends the programs that run, and waits until nothing is under way.
    func settle() async {
        stopping.set()
        await work.run {}
    }

    // MARK: The HMAC pair

    /// The bytes of the pair's file; `nil` when none is configured.
    private static func pair(_ setting: SinkSetting) throws(UpkeepFailure) -> [UInt8]? {
        guard let path = setting.pair else { return nil }
        let file = try wrapping { () throws(SecretFileError) in
            try SecretFile.bytes(of: FileLocation(path), limit: HMACPair.limit)
        }
        guard let file else {
            throw UpkeepFailure("there is no HMAC pair yet: \(path) does not exist", isLasting: true)
        }
        return file
    }

    private static func parse(_ bytes: [UInt8], _ setting: SinkSetting) throws(UpkeepFailure) -> HMACPair {
        let path = setting.pair ?? ""
        do {
            let pair = try HMACPair(parsing: bytes)
            // They are put into files as they are.
            guard
                (pair.accessKeyID + pair.secretAccessKey.exposed).unicodeScalars
                    .allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { throw HMACPair.Fault.noPair }
            return pair
        } catch {
            throw UpkeepFailure("\(path) holds no HMAC pair", isLasting: true)
        }
    }

    // MARK: Failures

    private static func print(_ text: Redacted<String>, _ pair: [UInt8]?) throws(UpkeepFailure) -> SinkPrint {
        do throws(DigestError) {
            return try SinkPrint(file: text, pair: pair)
        } catch {
            throw UpkeepFailure("no digest could be computed: memory may be exhausted")
        }
    }

    private static func wrapping<Value>(
        _ body: () throws(SecretFileError) -> Value
    ) throws(UpkeepFailure) -> Value {
        do throws(SecretFileError) {
            return try body()
        } catch {
            throw UpkeepFailure(error)
        }
    }

    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(UpkeepFailure) -> Value
    ) async throws(UpkeepFailure) -> Value {
        switch await work.run({ Result { () throws(UpkeepFailure) in try body() } }) {
        case .success(let value): return value
        case .failure(let error): throw error
        case nil: throw .cancelled
        }
    }
}
