internal import KeyRotation

/// Something that an operator wants, to be done between two steps of a rotation.
enum RotationOrder: Sendable {
    case command(RotationCommand)
    case orphans
    case deleteOrphan(KeyID)
    case rehearse

    /// What comes of it.
    enum Answer: Sendable {
        case done
        case orphans([OrphanedKey])
        case rehearsed(RotationRehearsal.Step.Play)
        /// The state of things does not allow it.
        case refused(String)
        /// It could not be done now.
        case failed(String)
    }
}

extension RotationRehearsal.Step {
    /// What a rehearsal came to.
    struct Play: Sendable {
        let steps: [RotationRehearsal.Step]
        let refusal: String?
    }
}
