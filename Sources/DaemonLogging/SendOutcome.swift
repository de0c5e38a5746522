/// What became of a line.
enum SendOutcome: Sendable, Equatable {
    case written
    /// There is no room for it now.
    case full
    /// Nobody is there to take it.
    case absent
}
