/// Schedules by a seed: the same seed, the same schedules.
struct FleetDraws {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// 2 to 6 faults among the first things that nodes ask for.
    mutating func schedule(within length: Int) -> FleetSchedule {
        var schedule = FleetSchedule()
        for _ in 0..<(2 + draw(5)) { schedule = schedule.adding(choice(), at: draw(length)) }
        return schedule
    }

    private mutating func choice() -> FleetChoice {
        let wait = [1, 2, 4, 9, 20, 300][draw(6)]
        return switch draw(10) {
        case 0: .loseRequest
        case 1: .loseAnswer
        case 2: .arriveLate(wait)
        case 3: .delay(wait)
        case 4: .pauseBefore(wait)
        case 5: .pauseAfter(wait)
        case 6: .dieBefore(wait)
        case 7: .dieAfter(wait)
        case 8: .rollBack
        default: .cutOff(wait)
        }
    }

    /// A number below `limit`, by a generator that only has to be different each time (SplitMix64).
    private mutating func draw(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((bits ^ (bits >> 31)) % UInt64(limit))
    }
}
