internal import CredentialSinks
internal import Glibc
internal import JOSE
internal import TokenBroker

/// What a template says of the instance, as the metadata service tells it.
struct SinkInstanceValues: Sendable {
    private let metadata: InstanceMetadata
    private let variables: Set<TemplateVariable>

    /// - Parameters:
    ///   - metadata: where to ask.
    ///   - variables: what is asked for; without any of the instance nobody is asked.
    init(_ metadata: InstanceMetadata, _ variables: Set<TemplateVariable>) {
        self.metadata = metadata
        self.variables = variables.filter { $0.source == .instance }
    }

    private static func ask(_ metadata: InstanceMetadata) async -> Result<MetadataAnswer, AcquisitionError> {
        do throws(AcquisitionError) {
            return .success(try await metadata.answer(MetadataQuery(path: "instance"), for: getuid()))
        } catch {
            return .failure(error)
        }
    }

    /// - Throws: ``UpkeepFailure`` when the service does not answer, or does not tell one of them.
    func values() async throws(UpkeepFailure) -> [TemplateVariable: String] {
        guard !variables.isEmpty else { return [:] }
        let answer: MetadataAnswer
        switch await BlockingWork.wait(for: { [metadata] in await Self.ask(metadata) }) {
        case .success(let found): answer = found
        case .failure(let error): throw UpkeepFailure(error)
        case nil: throw .cancelled
        }
        guard case .document(let bytes) = answer, let document = try? JSONDocument(parsing: bytes, limits: .init())
        else {
            throw UpkeepFailure("the metadata service does not tell of the instance", isLasting: true)
        }
        var values: [TemplateVariable: String] = [:]
        for variable in variables {
            let value = variable.instancePath?.reduce(document.root as JSONValue?) { $0?[$1] }?.string
            guard let value else {
                throw UpkeepFailure("the metadata service does not tell \(variable.rawValue)", isLasting: true)
            }
            // It is put into files as it is.
            guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw UpkeepFailure("\(variable.rawValue) has control characters", isLasting: true)
            }
            values[variable] = value
        }
        return values
    }
}
