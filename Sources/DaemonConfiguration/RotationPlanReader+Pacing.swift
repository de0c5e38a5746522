internal import DocumentReader
internal import FoundationEssentials
internal import KeyRotation

/// How long a plan takes its time, and how much may go wrong.
extension RotationPlanReader {
    private static let year = 365 * 86_400
    /// A key of a service that tells when it was used is not taken away before it was left alone for so long.
    private static let standardIdle: TimeInterval = 3_600

    func pacing(_ top: DocumentMapping, _ traits: KeyTraits) throws(DocumentError) -> RotationPacing {
        var pacing = RotationPacing()
        if let value = top["overlap"] {
            guard traits.canDelete else {
                throw value.error("goes with targets whose old keys stay until they are deleted")
            }
            pacing.overlap = try span(value, from: 1)
        }
        if let value = top["disabled"] {
            guard traits.canDisable else {
                throw value.error("goes with targets whose keys can be disabled: iam-api-key")
            }
            pacing.disabled = try span(value, from: 0)
        }
        try readIdle(top["idle"], traits, &pacing)
        if let value = top["patience"] {
            let members = try value.mapping(known: ["verify", "settle", "step", "acknowledge"])
            if let value = members["verify"] { pacing.verifyWithin = try span(value, from: 1) }
            if let value = members["settle"] { pacing.settle = try span(value, from: 0) }
            if let value = members["step"] { pacing.stepWithin = try span(value, from: 1) }
            if let value = members["acknowledge"] { pacing.acknowledgeWithin = try span(value, from: 1) }
        }
        return pacing
    }

    private func readIdle(
        _ value: DocumentValue?,
        _ traits: KeyTraits,
        _ pacing: inout RotationPacing
    ) throws(DocumentError) {
        guard let value else {
            pacing.idle = traits.tellsActivity ? Self.standardIdle : nil
            return
        }
        guard traits.tellsActivity else {
            throw value.error("goes with targets whose service tells when a key was used: iam-api-key")
        }
        guard value.isMapping else {
            guard try value.string() == "none" else { throw value.error("must be none, or { for: 1h, within: 7d }") }
            return
        }
        let members = try value.mapping(known: ["for", "within"])
        pacing.idle =
            try members["for"].map { value throws(DocumentError) in try span(value, from: 1) }
            ?? Self.standardIdle
        if let value = members["within"] { pacing.idleWithin = try span(value, from: 1) }
        guard (pacing.idle ?? 0) <= pacing.idleWithin else {
            throw value.error("'for' must not be longer than 'within'")
        }
    }

    func limits(_ section: DocumentValue?) throws(DocumentError) -> RotationLimits {
        var limits = RotationLimits()
        guard let section else { return limits }
        let members = try section.mapping(known: ["creations_per_day", "failed_rotations"])
        if let value = members["creations_per_day"] { limits.creationsPerDay = try value.integer(in: 1...1_000) }
        if let value = members["failed_rotations"] { limits.failedRotations = try value.integer(in: 1...100) }
        return limits
    }

    private func span(_ value: DocumentValue, from least: Int) throws(DocumentError) -> TimeInterval {
        TimeInterval(try value.wholeSeconds(in: least...Self.year))
    }
}
