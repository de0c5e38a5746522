internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import TokenBroker

/// Asks the daemon something through its public socket, as a workload would.
///
/// That a socket is open says little: with this, event loop, attestation and routes have worked once.
struct SelfTest: Sendable {
    let path: String
    let group: MultiThreadedEventLoopGroup
    let time: any TimeSource

    /// The daemon does not answer.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Returns when an answer of HTTP began to arrive.
    func run() async throws(Failure) {
        let result = await withTaskGroup(of: Result<Void, Failure>?.self) { tasks in
            tasks.addTask { await Result.of { () throws(Failure) in try await ask() } }
            tasks.addTask {
                do {
                    try await time.sleep(until: time.now.boot + Self.patience)
                } catch {
                    return nil
                }
                return .failure(failure("did not answer within \(Self.patience.components.seconds) seconds"))
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        }
        try result?.get()
    }

    private func ask() async throws(Failure) {
        do {
            let channel = try await ClientBootstrap(group: group)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            let beginning = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Self.request))
                var answer = ByteBuffer()
                for try await var part in inbound where answer.readableBytes < Self.version.utf8.count {
                    answer.writeBuffer(&part)
                    if answer.readableBytes >= Self.version.utf8.count { break }
                }
                return String(buffer: answer)
            }
            guard beginning.hasPrefix(Self.version) else { throw failure("closed without an answer") }
        } catch let error as Failure {
            throw error
        } catch let error as IOError where error.errnoCode == EACCES {
            // The socket is not for the daemon's own user, which is its owner's business: there is nothing to be learned.
            return
        } catch {
            throw failure("cannot be asked: \(error)")
        }
    }

    private func failure(_ what: String) -> Failure {
        Failure(description: "the daemon's own socket \(path) \(what), so it is of no use to workloads")
    }

    /// What the daemon says to its own user is of no interest, and so nothing is asked for.
    private static let request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    private static let version = "HTTP/1.1 "
    private static let patience: Duration = .seconds(10)
}

extension Result where Success == Void {
    /// The outcome of `body` as a value.
    fileprivate static func of(_ body: () async throws(Failure) -> Void) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
