internal import ArgumentParser
internal import Glibc

/// A signal that a running program can be told of something with.
enum SignalName: String, ExpressibleByArgument, CaseIterable, Sendable {
    case hup = "HUP"
    case int = "INT"
    case usr1 = "USR1"
    case usr2 = "USR2"
    case term = "TERM"
    case winch = "WINCH"

    var number: Int32 {
        switch self {
        case .hup: SIGHUP
        case .int: SIGINT
        case .usr1: SIGUSR1
        case .usr2: SIGUSR2
        case .term: SIGTERM
        case .winch: SIGWINCH
        }
    }
}
