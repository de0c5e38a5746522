/// The bytes of a request for `target`; `fields` come after `Host`.
func get(_ target: String, _ fields: [String] = []) -> String { request("GET", target, fields) }

func request(_ method: String, _ target: String, _ fields: [String] = [], body: String? = nil) -> String {
    let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
    let lines = ["\(method) \(target) HTTP/1.1", "Host: broker"] + fields + length
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
}

/// What a warm broker answers on its event loop.
let hotRequest = get("/v1/token?profile=reports")
/// The same, with a field that the hot path does not know.
let strictRequest = get("/v1/token?profile=reports", ["X-Strict: 1"])
