/// Counts the tokens of one profile that one workload gets.
struct ReleaseCount: Sendable {
    let profile: EventCount
    let share: EventCount

    func add() {
        profile.add()
        share.add()
    }
}
