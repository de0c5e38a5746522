internal import JOSE
package import Testing
package import TokenBroker

/// What every key set source promises while its world is well: the fake and the real ones pass it.
///
/// It fetches twice.
package func checkConformance(
    of source: some KeySetSource,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    for _ in 1...2 {
        let keys = try await source.keySet()
        #expect(keys.count > 0, "a key set has a usable key", sourceLocation: sourceLocation)
    }
}

/// What every key set source promises when it cannot answer: an error with this code, for people to read.
package func checkFailure(
    of source: some KeySetSource,
    code: AcquisitionError.Code,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    let error = await #expect(throws: AcquisitionError.self, sourceLocation: sourceLocation) {
        _ = try await source.keySet()
    }
    if let error { checkMessage(of: error, code: code, secrets: [], sourceLocation: sourceLocation) }
}
