internal import ArgumentParser

/// What `setup` does in place of adding.
enum SetupMode: String, EnumerableFlag {
    case check
    case print
    case undo

    static func help(for value: SetupMode) -> ArgumentHelp? {
        switch value {
        case .check: "Say whether it is as it should be, and change nothing."
        case .print: "Print what would be added, and change nothing."
        case .undo: "Take out what was added."
        }
    }
}
