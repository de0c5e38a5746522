internal import CLinux
internal import Dispatch
internal import Glibc
internal import Logging
internal import TokenBroker

/// Tells when something in a folder changes.
///
/// A folder that goes away is waited for: changes of what stands in its place are told again.
struct FolderWatch: Sendable {
    let path: String
    let time: SystemTime
    let logger: Logger

    /// One element for each change, or for several at once, and one whenever the watch begins.
    func changes() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { changes in
            let task = Task {
                var isWatched = true
                while !Task.isCancelled {
                    switch Watched.folder(path) {
                    case .failure(let error):
                        if isWatched {
                            logger.error(
                                "Policy folder is not watched; changes count after SIGHUP only",
                                metadata: ["folder": "\(path)", "errno": "\(error.code)"]
                            )
                        }
                        isWatched = false
                    case .success(let watch):
                        isWatched = true
                        // What changed before the watch began is not missed.
                        changes.yield()
                        await watch.untilGone { changes.yield() }
                        changes.yield()
                    }
                    do {
                        try await time.sleep(until: time.now.boot + Self.retry)
                    } catch {
                        // Cancelled: the loop ends.
                    }
                }
            }
            changes.onTermination = { _ in task.cancel() }
        }
    }

    private static let retry: Duration = .seconds(1)
}

/// One inotify descriptor.
private final class Watched: Sendable {
    private let descriptor: CInt

    struct Failure: Error {
        let code: CInt
    }

    static func folder(_ path: String) -> Result<Watched, Failure> {
        let descriptor = unsafe clinux_folder_watch(path)
        return descriptor >= 0 ? .success(Watched(owning: descriptor)) : .failure(Failure(code: -descriptor))
    }

    private init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Calls `body` at each change, until the folder goes away or the task is cancelled.
    func untilGone(_ body: @escaping @Sendable () -> Void) async {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        let (gone, continuation) = AsyncStream.makeStream(of: Void.self)
        source.setEventHandler { [descriptor] in
            guard clinux_folder_watch_drain(descriptor) == 1 else {
                continuation.finish()
                return
            }
            body()
        }
        source.setCancelHandler { [descriptor] in close(descriptor) }
        source.activate()
        for await _ in gone {}
        source.cancel()
    }
}
