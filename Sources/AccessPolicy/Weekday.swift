/// The days of the week as policy documents write them.
enum Weekday {
    /// By number: 0 is Sunday.
    static let names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// The days of `mon` or `fri-mon`; a range goes on into the next week.
    ///
    /// `nil` when `text` is neither.
    static func days(_ text: String) -> [Int]? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { names.firstIndex(of: String($0)) }
        switch ends.count {
        case 1: return ends[0].map { [$0] }
        case 2:
            guard let first = ends[0], let last = ends[1] else { return nil }
            return (0...((last - first + 7) % 7)).map { (first + $0) % 7 }
        default: return nil
        }
    }
}
