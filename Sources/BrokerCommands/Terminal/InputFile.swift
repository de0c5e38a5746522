internal import ArgumentParser
internal import BrokerAPI
internal import Glibc
internal import SystemPrograms

/// Something that is read: standard input, or a file opened for reading.
struct InputFile: ~Copyable {
    /// How messages call it.
    let name: String
    private let descriptor: Int32
    private let isOwned: Bool

    /// Opens `path`; none, or `-`, is standard input.
    init(path: String?) throws(CommandFailure) {
        guard let path, path != "-" else {
            self.init(name: "standard input", descriptor: STDIN_FILENO, isOwned: false)
            return
        }
        if TokenMask.isLikeToken(path) {
            throw CommandFailure(
                .usage,
                "the argument is a token, and must be the name of a file",
                hint: "give tokens on standard input: every process can see arguments"
            )
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(.badInput, "cannot read \(path): \(SystemError.text(errno))")
        }
        self.init(name: path, descriptor: descriptor, isOwned: true)
    }

    /// Opens the regular file `path`, wherever links lead; whatever else is there is refused and not waited for.
    init(regularFile path: String) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw CommandFailure(.badInput, "cannot read \(path): \(SystemError.text(errno))")
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            _ = close(descriptor)
            throw CommandFailure(.badInput, "cannot read \(path): it is not a regular file")
        }
        self.init(name: path, descriptor: descriptor, isOwned: true)
    }

    private init(name: String, descriptor: Int32, isOwned: Bool) {
        self.name = name
        self.descriptor = descriptor
        self.isOwned = isOwned
    }

    deinit {
        if isOwned { _ = close(descriptor) }
    }

    /// Replaces what is in `chunk` by the next bytes, as many as it has room for at most; none at the end.
    ///
    /// - Returns: how many bytes of `chunk` were replaced.
    func read(into chunk: inout [UInt8]) throws(CommandFailure) -> Int {
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: waitUntilReadable()
            default: throw CommandFailure(.badInput, "cannot read \(name): \(SystemError.text(errno))")
            }
        }
    }

    /// All bytes, or the first `limit` and one more when there are more.
    func readAll(limit: Int) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit + 1, 64 * 1_024))
        while bytes.count <= limit {
            let count = try read(into: &chunk)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<min(count, limit + 1 - bytes.count)])
        }
        return bytes
    }

    private func waitUntilReadable() {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe Glibc.poll(&poll, 1, -1)
    }
}
