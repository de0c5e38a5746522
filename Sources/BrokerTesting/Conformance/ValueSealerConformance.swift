internal import JOSE
package import KeyRotation
package import Testing

/// What every sealer promises: the fake and the real ones pass it.
///
/// `reopened` gives a sealer with the same key; `other` has another key.
package func checkConformance(
    of sealer: some ValueSealer,
    reopened: () throws -> any ValueSealer,
    other: some ValueSealer,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let values: [[UInt8]] = [
        [], [0], Array(0...255), Array("a value that would be seen".utf8),
        [UInt8](repeating: 0x5A, count: 1_024 * 1_024),
    ]
    for value in values {
        let box = try sealer.seal(Redacted(value), for: "plan a")
        let again = try sealer.seal(Redacted(value), for: "plan a")
        #expect(box != again, "nobody sees that a value is the same", sourceLocation: sourceLocation)
        for sealer in [sealer, try reopened()] as [any ValueSealer] {
            for box in [box, again] {
                let isRight = try sealer.open(box, for: "plan a").exposed == value
                #expect(isRight, "what was sealed is there", sourceLocation: sourceLocation)
            }
        }
        for context in ["plan b", "", "plan a ", "Plan a"] {
            checkRefusal("of another context", sourceLocation) { try sealer.open(box, for: context) }
        }
        checkRefusal("of another key", sourceLocation) { try other.open(box, for: "plan a") }
        checkRefusal("that is longer", sourceLocation) { try sealer.open(box + [0], for: "plan a") }
        checkRefusal("that is shorter", sourceLocation) { try sealer.open(box.dropLast(), for: "plan a") }
    }
    checkRefusal("of no bytes", sourceLocation) { try sealer.open([], for: "plan a") }
    let value = Array("a value that would be seen".utf8)
    let box = try sealer.seal(Redacted(value), for: "plan a")
    #expect(!contains(box, value), "the value is not in the box", sourceLocation: sourceLocation)
    for index in box.indices {
        for bit in 0..<8 {
            var changed = box
            changed[index] ^= 1 << UInt8(bit)
            checkRefusal("that was changed", sourceLocation) { try sealer.open(changed, for: "plan a") }
        }
    }
    for length in box.indices {
        checkRefusal("that is cut off", sourceLocation) { try sealer.open(Array(box.prefix(length)), for: "plan a") }
    }
}

private func checkRefusal(
    _ what: String,
    _ sourceLocation: SourceLocation,
    _ body: () throws -> Redacted<[UInt8]>
) {
    let error = #expect(throws: SealError.self, "a box \(what) is refused", sourceLocation: sourceLocation) {
        try body()
    }
    guard let error else { return }
    checkWording(error.message, sourceLocation)
}

/// Whether `part` is in `bytes`, in one piece.
func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.indices.contains { bytes[$0...].starts(with: part) }
}

/// The rules for messages: lower case, no closing period, one line.
func checkWording(_ message: String, _ sourceLocation: SourceLocation) {
    #expect(message.first?.isUppercase == false, sourceLocation: sourceLocation)
    #expect(!message.hasSuffix("."), sourceLocation: sourceLocation)
    #expect(!message.contains { $0.isNewline }, sourceLocation: sourceLocation)
}
