import Glibc
import Testing

/// A Python process that connects as it is told.
final class TestClient: Sendable {
    let process: TestProcess
    var processID: Int32 { process.processID }

    /// Runs it under `wrapper`, a command that replaces itself with what follows (setpriv, unshare -n).
    init(under wrapper: [String] = []) throws {
        process = try TestProcess(wrapper + ["/usr/bin/python3", "-c", Self.program])
        try #require(try process.nextLine() == "ready")
    }

    /// Connects to `address` from `source` and answers with the port there.
    @discardableResult
    func connects(
        to address: String,
        _ port: UInt16,
        from source: String = "",
        _ sourcePort: UInt16 = 0
    ) throws -> UInt16 {
        let answer = try process.told("connect \(address) \(port) \(source.isEmpty ? "-" : source) \(sourcePort)")
        return try #require(UInt16(answer))
    }

    /// Carries out one of the other commands of the program.
    @discardableResult
    func does(_ command: String) throws -> String { try process.told(command) }

    /// Becomes `cat`, which sends back what it gets.
    func executes() throws {
        try #require(try process.told("execute /bin/cat") == "executing")
        try #require(try process.told("here") == "here")
    }

    /// Child processes end with their parent: it leads their process group.
    private static let program = """
        import ctypes, os, signal, socket, sys, threading
        connection = child = helper = None
        hold = threading.Event()

        def connect(address, port, source, source_port):
            global connection
            connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if source != "-":
                connection.bind((source, int(source_port)))
            connection.connect((address, int(port)))
            return connection.getsockname()[1]

        # A child that inherits the connection and keeps it.
        def fork():
            child = os.fork()
            if child == 0:
                signal.pause()
                os._exit(0)
            return child

        # A child that has no connection yet; with a user it becomes that one's.
        def helper_as(user):
            global helper
            helper, end = socket.socketpair()
            said, say = os.pipe()
            child = os.fork()
            if child == 0:
                helper.close()
                if user != "-":
                    os.setuid(int(user))
                held = []
                os.write(say, b"1")
                while True:
                    message, descriptors, _, _ = socket.recv_fds(end, 1, 1)
                    held += descriptors
                    end.send(b"1")
            end.close()
            os.read(said, 1)
            return child

        # Passes a copy of the connection to the helper.
        def give():
            socket.send_fds(helper, [b"1"], [connection.fileno()])
            helper.recv(1)

        # Keeps a copy in a thread with descriptors of its own.
        def hide():
            ready = threading.Event()
            def keep():
                if ctypes.CDLL(None, use_errno=True).unshare(0x400) == 0:
                    ready.set()
                hold.wait()
            threading.Thread(target=keep, daemon=True).start()
            if not ready.wait(20):
                return "failed"

        def close():
            connection.close()

        def half_close():
            connection.shutdown(socket.SHUT_WR)

        def reset():
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\x01\\0\\0\\0\\0\\0\\0\\0")
            connection.close()

        def become(user):
            os.setuid(int(user))

        # Goes on as another program, with the connection.
        def execute(path):
            os.set_inheritable(connection.fileno(), True)
            print("executing", flush=True)
            os.execv(path, [path])

        print("ready", flush=True)
        for line in sys.stdin:
            name, *arguments = line.split()
            result = globals()[name](*arguments)
            print("done" if result is None else result, flush=True)
        """
}
