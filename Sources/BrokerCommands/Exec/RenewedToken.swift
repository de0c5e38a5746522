internal import JOSE
internal import Synchronization

/// The newest token of a program that is looked after, handed from those who ask for it to the one who needs it.
final class RenewedToken: Sendable {
    private struct Protected: Sendable {
        var token: Redacted<String>
        var isNews = false
    }

    private let protected: Mutex<Protected>

    init(_ token: Redacted<String>) {
        protected = Mutex(Protected(token: token))
    }

    /// The newest one, which is no news any more.
    func take() -> Redacted<String> {
        protected.withLock { protected in
            protected.isNews = false
            return protected.token
        }
    }

    func replace(by token: Redacted<String>) {
        protected.withLock { $0 = Protected(token: token, isNews: true) }
    }

    /// Whether there is another token than when this was last asked.
    func takeNews() -> Bool {
        protected.withLock { protected in
            defer { protected.isNews = false }
            return protected.isNews
        }
    }
}
