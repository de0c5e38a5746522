/// One place from which consumers take the key: a file, or a secret in Secrets Manager.
package protocol KeySink: Sendable {
    /// Carries out one call; each may be repeated.
    ///
    /// - Throws: ``Interruption`` when the process stops.
    func perform(_ call: SinkCall) async throws(Interruption) -> SinkAnswer

    /// The requests that a step would send over the network, without secrets, for people.
    func requests(for step: SinkStep) -> [String]
}

extension KeySink {
    /// None: most places are on this machine.
    package func requests(for step: SinkStep) -> [String] { [] }
}

/// One call to a ``KeySink``.
package enum SinkCall: Sendable {
    /// Puts the key there in one step, keeps what was there aside, and reads back what is there now.
    case publish(PublishedKey)
    /// Does the place hold what it held after this publication?
    case inspect(SinkPrint)
    /// Puts back what was there before the rotation of this print published; where it published nothing, all is as it should be.
    case restore(SinkPrint)
    /// Throws away what was kept aside.
    case forget(SinkPrint)
}

/// A key on its way to consumers.
package struct PublishedKey: Sendable {
    package let plan: PlanName
    package let rotation: RotationID
    package let id: KeyID
    package let material: KeyMaterial

    package init(plan: PlanName, rotation: RotationID, id: KeyID, material: KeyMaterial) {
        (self.plan, self.rotation, self.id, self.material) = (plan, rotation, id, material)
    }
}

/// By what a sink recognises what it published: a digest, or the number of a version; never a secret.
package struct SinkPrint: Sendable, Hashable, Codable {
    package let rotation: RotationID
    /// Empty when it is not known whether the rotation published there.
    package let text: String

    package init(rotation: RotationID, text: String) {
        (self.rotation, self.text) = (rotation, text)
    }
}

/// What a ``KeySink`` answers.
package enum SinkAnswer: Sendable, Equatable {
    /// To a publication or a restoration: it was read back and is as it should be.
    case holds(SinkPrint)
    /// The place holds something else, or nothing; to a restoration: what was there is lost.
    case differs(String)
    /// To what has no more to say.
    case done
    case fault(SinkFault)
}

/// Why a sink could not do what was asked.
package struct SinkFault: Sendable, Equatable {
    /// For an operator: what failed, on which place, and what to do next; never part of a secret.
    package let message: String
    /// Whether somebody has to do something before another attempt can work.
    package let isLasting: Bool

    package init(_ message: String, isLasting: Bool = false) {
        (self.message, self.isLasting) = (message, isLasting)
    }
}
