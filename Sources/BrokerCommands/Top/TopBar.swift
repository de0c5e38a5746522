internal import BrokerAPI

/// What is left of a token's life, in characters: `[######|###-------]`.
enum TopBar {
    private static let cells = 14
    /// With its ends.
    static let width = cells + 2

    /// A bar with `|` where the broker renews the token; `-` without a token.
    static func text(_ profile: StatusResponse.Profile) -> String {
        guard let share = profile.lifeShare else { return "-" }
        let filled = Int((share * Double(cells)).rounded())
        var bar = Array(String(repeating: "#", count: filled) + String(repeating: "-", count: cells - filled))
        if let mark = profile.refreshShare { bar[min(cells - 1, Int(mark * Double(cells)))] = "|" }
        return "[" + String(bar) + "]"
    }
}
