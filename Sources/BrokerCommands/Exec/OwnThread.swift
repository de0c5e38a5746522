internal import NIOPosix

/// A thread for what blocks: the few threads of Swift's pool are for what does not.
enum OwnThread {
    /// Runs `body` on a thread that lasts exactly as long.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await thread.runIfActive(body))
        } catch {
            result = .failure(error)
        }
        try await thread.shutdownGracefully()
        return try result.get()
    }
}
