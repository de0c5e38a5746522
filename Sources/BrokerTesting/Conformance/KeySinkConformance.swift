internal import JOSE
package import KeyRotation
package import Testing

/// What every sink promises while its world is well: the fake and the real ones pass it.
///
/// Nobody else writes to the place meanwhile.
///
/// - Parameters:
///   - sink: a place that can be written; what it holds at first is not ours.
///   - plan: whose keys are published.
///   - value: draws the value of a key.
///   - sourceLocation: of the test.
/// - Throws: what keeps the kit from going on, such as a key that is not published.
package func checkConformance(
    of sink: some KeySink,
    plan: PlanName,
    drawing value: () -> KeyMaterial,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let check = SinkCheck(sink: sink, place: sourceLocation)
    let keys = (1...3)
        .map { number in
            PublishedKey(
                plan: plan,
                rotation: RotationID(UInt64(number)),
                id: KeyID("key-\(number)"),
                material: value()
            )
        }
    let first = try await check.publish(keys[0])
    #expect(try await check.publish(keys[0]) == first, "publishing may be repeated", sourceLocation: sourceLocation)
    #expect(try await check.holds(first), "what was published is there", sourceLocation: sourceLocation)

    let second = try await check.publish(keys[1])
    #expect(second != first, "another key has another print", sourceLocation: sourceLocation)
    #expect(try await !check.holds(first), "what was replaced is not there", sourceLocation: sourceLocation)
    for _ in 1...2 {
        let answer = try await sink.perform(.forget(second))
        #expect(answer == .done, "forgetting may be repeated", sourceLocation: sourceLocation)
    }
    #expect(try await check.holds(second), "forgetting leaves what is published", sourceLocation: sourceLocation)
    let nothing = try await check.restore(second)
    #expect(nothing == nil, "what is forgotten is not there to be restored", sourceLocation: sourceLocation)
    #expect(try await check.holds(second), "what is published stays then", sourceLocation: sourceLocation)

    let third = try await check.publish(keys[2])
    let restored = try await check.restore(third)
    #expect(restored != nil, "what was there before is put back", sourceLocation: sourceLocation)
    #expect(try await !check.holds(third), "what was taken back is not there", sourceLocation: sourceLocation)
    #expect(try await check.restore(third) == restored, "restoring may be repeated", sourceLocation: sourceLocation)
    if let restored {
        #expect(try await check.holds(restored), "what was put back is there", sourceLocation: sourceLocation)
    }
}

/// The calls of the kit.
private struct SinkCheck {
    let sink: any KeySink
    let place: SourceLocation

    func publish(_ key: PublishedKey) async throws -> SinkPrint {
        let answer = try await sink.perform(.publish(key))
        guard case .holds(let print) = answer else { throw ConformanceFailure(description: "not published: \(answer)") }
        #expect(print.rotation == key.rotation, "a print is of its rotation", sourceLocation: place)
        for secret in key.material.fields.values {
            let isHidden = !print.text.contains(secret.exposed)
            #expect(isHidden, "a print holds no secret", sourceLocation: place)
        }
        return print
    }

    func holds(_ print: SinkPrint) async throws -> Bool {
        switch try await sink.perform(.inspect(print)) {
        case .holds(let found):
            #expect(found == print, "an inspection answers with its print", sourceLocation: place)
            return true
        case .differs(let text):
            #expect(!text.isEmpty, "what differs is told", sourceLocation: place)
            return false
        case .done:
            Issue.record("an inspection has an answer", sourceLocation: place)
            return false
        case .fault(let fault): throw ConformanceFailure(description: fault.message)
        }
    }

    /// What is there now; `nil` when nothing was kept aside.
    func restore(_ print: SinkPrint) async throws -> SinkPrint? {
        switch try await sink.perform(.restore(print)) {
        case .holds(let found): return found
        case .differs: return nil
        case .done:
            Issue.record("a restoration has an answer", sourceLocation: place)
            return nil
        case .fault(let fault): throw ConformanceFailure(description: fault.message)
        }
    }
}
