internal import FoundationEssentials
internal import Glibc

/// nginx with one worker on a Unix socket, whose answer is as long as another server's.
struct NginxServer {
    let socket: String
    private let process: ChildProcess
    private let folder: String

    /// The process that answers.
    func worker() throws(BenchmarkError) -> ProcessFigures {
        guard let worker = try ProcessFigures(pid: Int(process.pid)).firstChild() else {
            throw BenchmarkError("nginx has no worker process")
        }
        return worker
    }

    /// Starts nginx, on the processor of this thread, so that header and body together have `size` bytes.
    static func start(answering size: Int, to request: [UInt8]) throws(BenchmarkError) -> NginxServer {
        let program = try locate()
        // The length of nginx's header is learnt from it; the number of digits in Content-Length may change it again.
        var body = max(size - 160, 32)
        for _ in 0..<4 {
            let server = try start(program, body: body)
            let actual: Int
            do throws(BenchmarkError) {
                actual = try LoadClient(socket: server.socket, request: request).sizeOfOneResponse()
            } catch {
                try server.stop()
                throw error
            }
            if actual == size { return server }
            try server.stop()
            body += size - actual
            guard body >= 32 else {
                throw BenchmarkError("the answer of \(size) bytes is too short for nginx to match")
            }
        }
        throw BenchmarkError("could not make nginx answer with \(size) bytes")
    }

    /// Ends nginx and removes its folder.
    func stop() throws(BenchmarkError) {
        try process.terminate()
        let ending = try process.wait()
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            throw BenchmarkError("could not remove \(folder): \(error)")
        }
        guard ending.status == 0 else { throw BenchmarkError("nginx ended with status \(ending.status)") }
    }

    private static func locate() throws(BenchmarkError) -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders: [Substring] = path.split(separator: ":") + ["/usr/sbin"]
        for folder in folders {
            let candidate = "\(folder)/nginx"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw BenchmarkError("nginx is not installed: apt-get install nginx-light")
    }

    private static func start(_ program: String, body: Int) throws(BenchmarkError) -> NginxServer {
        let folder = FileManager.default.temporaryDirectory.path() + "broker-benchmark-\(getpid())"
        let socket = folder + "/nginx.sock"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let text = configuration(socket: socket, folder: folder, body: body)
            try Data(text.utf8).write(to: URL(filePath: folder + "/nginx.conf"))
        } catch {
            throw BenchmarkError("could not write nginx's configuration: \(error)")
        }
        let command = [program, "-e", "stderr", "-p", folder, "-c", folder + "/nginx.conf"]
        let server = NginxServer(
            socket: socket,
            process: try ChildProcess.start(command, output: .discarded),
            folder: folder
        )
        let deadline = MonotonicClock.now + 5_000_000_000
        // Until nginx listens, connecting fails; why does not matter before the deadline.
        while (try? LoadConnection(to: socket)) == nil {
            guard MonotonicClock.now < deadline else {
                try server.stop()
                throw BenchmarkError("nginx did not listen on \(socket) within 5 s")
            }
            usleep(10_000)
        }
        return server
    }

    private static func configuration(socket: String, folder: String, body: Int) -> String {
        // nginx reads words of at most 4 KiB, so a long answer is put together from several.
        let frame = #"{"access_token":""}"#.utf8.count
        var left = max(0, body - frame)
        var parts: [Int] = []
        while left > 0 {
            parts.append(min(left, 3_000))
            left -= parts[parts.count - 1]
        }
        let variables = parts.enumerated()
            .map { index, count in
                "set $part\(index) '\(String(repeating: "a", count: count))';"
            }
        let answer =
            parts.count == 1 ? String(repeating: "a", count: parts[0]) : parts.indices.map { "${part\($0)}" }.joined()
        return """
            daemon off;
            \(getuid() == 0 ? "user root;" : "")
            worker_processes 1;
            pid \(folder)/nginx.pid;
            error_log stderr crit;
            events { worker_connections 4096; }
            http {
                access_log off;
                server_tokens off;
                keepalive_timeout 3600;
                keepalive_requests 1000000000;
                keepalive_time 24h;
                client_body_temp_path \(folder)/body;
                proxy_temp_path \(folder)/proxy;
                fastcgi_temp_path \(folder)/fastcgi;
                uwsgi_temp_path \(folder)/uwsgi;
                scgi_temp_path \(folder)/scgi;
                default_type application/json;
                server {
                    listen unix:\(socket);
                    \(parts.count == 1 ? "" : variables.joined(separator: "\n"))
                    location / { return 200 '{"access_token":"\(answer)"}'; }
                }
            }
            """
    }
}
