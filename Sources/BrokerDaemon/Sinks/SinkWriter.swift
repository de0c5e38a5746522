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

    func write(
        _ released: ReleasedToken,
        while stands: @escaping @Sendable () -> Bool
    ) async throws(UpkeepFailure) -> SinkPrint? {
        var values = SinkValues(released)
        if let instance { values.instance = try await instance.values() }
        let known = values
        return try await blocking { [setting] () throws(UpkeepFailure) in
            var values = known
            let pair = try Self.pair(setting)
            values.pair = try pair.map { bytes throws(UpkeepFailure) in try Self.parse(bytes, setting) }
            guard let text = setting.content.text(values), text.exposed.utf8.count <= Self.largest else {
                throw UpkeepFailure(
                    "the template asks for something that is not there, or becomes too large",
                    isLasting: true
                )
            }
            let staged = try Self.wrapping { () throws(SecretFileError) in try setting.file.stage(text.exposed) }
            if let words = setting.check {
                let path = staged.path
                try BlockingWork.outcome(
                    of: words.map { $0.replacing(SinkSetting.contentWord, with: path) },
                    as: "check"
                )
                .get()
            }
            guard stands() else { return nil }
            try Self.wrapping { () throws(SecretFileError) in try staged.commit() }
            return try Self.print(text, pair)
        }
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

    func reload() async throws(UpkeepFailure) {
        guard let words = setting.reload else { return }
        try await work.call(words, as: "reload")
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

    /// Waits until nothing is under way any more.
    func settle() async { await work.run {} }

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
        do {
            return try HMACPair(parsing: bytes)
        } catch {
            throw UpkeepFailure("\(setting.pair ?? "") holds no HMAC pair", isLasting: true)
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
