internal import NIOHTTP1

/// What keeps browsers and proxies away from IBM's paths.
///
/// A web page can make a browser on this machine send requests to loopback, and a proxy in front of the broker would be
/// attested in its clients' place. Browsers say what they are in header fields that pages cannot change, and many proxies
/// say it too: whoever sends one of them is refused, on every path and with every method. A proxy that adds no field cannot
/// be told from a program.
struct Wall: Sendable {
    /// The authorities that may stand in `Host`, in lower case; `nil` on a Unix socket, which no browser reaches.
    let hosts: Set<String>?

    /// Fields that proxies add, and fields that browsers add.
    private static let refused: Set<String> = [
        "forwarded", "via", "cdn-loop", "cf-connecting-ip", "fastly-client-ip", "true-client-ip", "x-client-ip",
        "x-cluster-client-ip", "x-original-forwarded-for", "x-originating-ip", "x-real-ip", "x-remote-addr",
        "x-remote-ip",
        "origin", "referer",
    ]
    private static let refusedPrefixes = ["x-forwarded", "x-envoy-", "sec-", "access-control-", "proxy-"]

    /// Why `request` gets no further; `nil` when it does.
    func refusal(of request: Request) -> MetadataError? {
        if let hosts {
            // RFC 9112 section 3.2; that there is one field and no more was seen to before.
            let host = request.headers.first(name: "host")?.lowercased()
            guard let host, hosts.contains(host) else {
                return Self.refusal("the Host of the request is none of the broker's; ask for 127.0.0.1", "Host")
            }
        }
        for field in request.headers {
            let name = field.name.lowercased()
            guard Self.refused.contains(name) || Self.refusedPrefixes.contains(where: name.hasPrefix) else { continue }
            return Self.refusal(
                "requests of browsers and through proxies are not served",
                String(field.name.prefix(40))
            )
        }
        return nil
    }

    private static func refusal(_ message: String, _ field: String) -> MetadataError {
        MetadataError(status: 403, code: "unauthorized", message: message, target: .init(name: field, type: .header))
    }

    /// Whether the request has exactly one `Metadata-Flavor: ibm`: a browser sends it to nobody without asking first.
    static func flavorError(_ request: Request) -> MetadataError? {
        let values = request.headers["metadata-flavor"]
        let target = MetadataError.Target(name: "Metadata-Flavor", type: .header)
        guard let value = values.first, !value.isEmpty else {
            return .invalid("missing_value", "the header Metadata-Flavor: ibm is required", target)
        }
        guard values.count == 1, value == "ibm" else {
            return .invalid(
                "invalid_value",
                "the header Metadata-Flavor must be there once, with the value ibm",
                target
            )
        }
        return nil
    }
}
