import FoundationEssentials

/// What a node asks of the outside world, or waits for.
struct FleetQuestion: Sendable {
    enum Kind: Sendable, Hashable {
        /// Something of the store, which other nodes can see.
        case store
        /// A call to the service that keeps keys.
        case service
        /// The answer to what was carried out, which is kept from the node.
        case answer
        /// To lead.
        case campaign
        case rest(until: Date?)
        /// Something else than this revision is published, or the time has come.
        case change(since: Int64, until: Date)
    }

    let kind: Kind
    /// For people, and to tell runs apart.
    let name: String
    /// Whether it changes something.
    var isChange = false

    /// Whether it can go wrong.
    var isFallible: Bool { kind == .store || kind == .service }
}

/// What becomes of it.
enum FleetVerdict: Sendable {
    case carryOut
    /// And the node asks for the answer.
    case carryOutAndHold
    case loseRequest
    case loseAnswer
    /// It is carried out later, by whoever decides.
    case arriveLate
    case die
    case carryOutAndDie
}

/// Where a choice can be made.
struct FleetPoint: Sendable {
    let number: Int
    let actor: Actor
    let kind: FleetQuestion.Kind
    let isChange: Bool
}

extension FleetPoint {
    /// All that may happen here, with waits of these lengths; what would be the same as another is left out.
    func choices(waits: [Int]) -> [FleetChoice] {
        var choices: [FleetChoice] = actor.isRotator ? [.loseRequest, .rollBack] : [.loseRequest]
        if isChange { choices.append(.loseAnswer) }
        for wait in waits {
            choices += [.delay(wait), .pauseBefore(wait), .dieBefore(wait), .cutOff(wait)]
            if isChange { choices += [.arriveLate(wait), .pauseAfter(wait), .dieAfter(wait)] }
        }
        return choices
    }
}
