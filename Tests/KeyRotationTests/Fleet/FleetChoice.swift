/// What happens to one thing that a node asks of the outside world.
enum FleetChoice: Sendable, Hashable, CustomStringConvertible {
    case deliver
    /// It does not arrive; the node hears that it failed, or that nobody knows.
    case loseRequest
    /// It is carried out, and the node hears the same.
    case loseAnswer
    /// The node hears that nobody knows, and it arrives after so many things that others do.
    case arriveLate(Int)
    /// It takes its time, until others have done so many things; the node lives and keeps its lease.
    case delay(Int)
    /// The node stands still for longer than its lease, and until others have done so many things; then it arrives.
    case pauseBefore(Int)
    /// The same after it was carried out.
    case pauseAfter(Int)
    /// The node ends before it is sent, and comes back after so many things that others do.
    case dieBefore(Int)
    case dieAfter(Int)
    /// The node reaches the services, but no other node and not the store, until so many things were tried.
    case cutOff(Int)
    /// It is delivered, and an operator wants the old key back, from whichever node leads next.
    case rollBack

    var description: String {
        switch self {
        case .deliver: "deliver"
        case .loseRequest: "lose-request"
        case .loseAnswer: "lose-answer"
        case .arriveLate(let count): "arrive-late/\(count)"
        case .delay(let count): "delay/\(count)"
        case .pauseBefore(let count): "pause-before/\(count)"
        case .pauseAfter(let count): "pause-after/\(count)"
        case .dieBefore(let count): "die-before/\(count)"
        case .dieAfter(let count): "die-after/\(count)"
        case .cutOff(let count): "cut-off/\(count)"
        case .rollBack: "roll-back"
        }
    }

    /// As ``description`` writes it.
    init?(_ text: Substring) {
        let parts = text.split(separator: "/")
        let count = parts.count == 2 ? Int(parts[1]) : nil
        switch (parts.first, count) {
        case ("deliver", nil): self = .deliver
        case ("roll-back", nil): self = .rollBack
        case ("lose-request", nil): self = .loseRequest
        case ("lose-answer", nil): self = .loseAnswer
        case ("arrive-late", let count?): self = .arriveLate(count)
        case ("delay", let count?): self = .delay(count)
        case ("pause-before", let count?): self = .pauseBefore(count)
        case ("pause-after", let count?): self = .pauseAfter(count)
        case ("die-before", let count?): self = .dieBefore(count)
        case ("die-after", let count?): self = .dieAfter(count)
        case ("cut-off", let count?): self = .cutOff(count)
        default: return nil
        }
    }
}

/// All that is decided of a run: what is not in it is delivered.
struct FleetSchedule: Sendable, Hashable, CustomStringConvertible {
    /// By the number of the question, from 0.
    var choices: [Int: FleetChoice] = [:]

    /// Such as `12:lose-answer 30:pause-before/8`; `nothing` for a run without faults.
    var description: String {
        choices.isEmpty
            ? "nothing" : choices.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ")
    }

    init(_ choices: [Int: FleetChoice] = [:]) { self.choices = choices }

    /// As ``description`` writes it.
    init?(_ text: String) {
        guard text != "nothing" else { return }
        for word in text.split(separator: " ") {
            let parts = word.split(separator: ":")
            guard parts.count == 2, let number = Int(parts[0]), let choice = FleetChoice(parts[1]) else { return nil }
            choices[number] = choice
        }
    }

    func adding(_ choice: FleetChoice, at number: Int) -> FleetSchedule {
        var schedule = self
        schedule.choices[number] = choice
        return schedule
    }
}
