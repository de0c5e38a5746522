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

    /// What came of it.
    enum Outcome: Sendable, Equatable {
        /// An answer of HTTP, with this status; 404 is what a caller gets who may be served.
        case answered(status: Int)
        /// So many connect that there was no place in the queue: somebody is being served.
        case busy
        /// The socket is not for the daemon's own user, which is its owner's business: there is nothing to be learned.
        case notForUs
    }

    /// Returns when the head of an answer arrived, or when it is known why there is none.
    func run() async throws(Failure) -> Outcome {
        let result = await withTaskGroup(of: Result<Outcome, Failure>?.self) { tasks in
            tasks.addTask { await Result.of { () throws(Failure) in try await ask() } }
            tasks.addTask {
                do {
                    try await time.sleep(until: time.now.boot + Self.patience + Self.pause * 2)
                } catch {
                    return nil
                }
                return .failure(failure("did not answer within \(Self.patience.components.seconds) seconds"))
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        }
        guard let result else { throw failure("was not asked: the daemon stops") }
        return try result.get()
    }

    private func ask() async throws(Failure) -> Outcome {
        let deadline = time.now.boot + Self.patience
        while true {
            if let outcome = try await askOnce() { return outcome }
            guard time.now.boot < deadline else { return .busy }
            do {
                try await time.sleep(until: time.now.boot + Self.pause)
            } catch {
                throw failure("was not asked: the daemon stops")
            }
        }
    }

    /// `nil` when there was no place for another connection, or it was lost: it may work the next time.
    private func askOnce() async throws(Failure) -> Outcome? {
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
                for try await var part in inbound where answer.readableBytes < Self.beginning {
                    answer.writeBuffer(&part)
                    if answer.readableBytes >= Self.beginning { break }
                }
                return String(buffer: answer)
            }
            guard beginning.hasPrefix(Self.version), let status = Int(beginning.dropFirst(Self.version.count).prefix(3))
            else { throw failure("closed without an answer") }
            return .answered(status: status)
        } catch let error as Failure {
            throw error
        } catch let error as IOError where error.errnoCode == EACCES {
            return .notForUs
        } catch let error as IOError where [EAGAIN, ECONNRESET, EPIPE].contains(error.errnoCode) {
            // A Unix socket says at once that its queue is full (unix(7), EAGAIN).
            return nil
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
    /// Bytes of a version and a status.
    private static let beginning = 12
    private static let patience: Duration = .seconds(10)
    private static let pause: Duration = .milliseconds(50)
}

extension Result {
    /// The outcome of `body` as a value.
    fileprivate static func of(_ body: () async throws(Failure) -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
