internal import ArgumentParser
internal import FoundationEssentials

/// Where a key set is: a file, or a URL.
enum KeySetLocation: Sendable, Equatable {
    case file(path: String)
    case url(KeySetURL)

    /// Reads the value of `--jwks`.
    init(argument: String) throws {
        let scheme = argument.lowercased().prefix { $0 != ":" }
        guard argument.dropFirst(scheme.count).hasPrefix("://") else {
            self = .file(path: argument)
            return
        }
        self = .url(try KeySetURL(argument))
    }
}

/// The URL of a key set: `https`, or `http` to this machine.
struct KeySetURL: Sendable, Equatable {
    var host: String
    var port: Int
    var isTLS: Bool
    /// Path and query.
    var target: String
    /// The value of the `Host` field.
    var authority: String

    init(_ text: String) throws {
        guard text.unicodeScalars.allSatisfy({ $0.isASCII && !TerminalText.isUnsafe($0) && $0 != " " }),
            let components = URLComponents(string: text), let scheme = components.scheme?.lowercased(),
            let host = components.host, !host.isEmpty
        else { throw ValidationError("the URL of the key set is not a URL") }
        guard scheme == "https" || scheme == "http" else {
            throw ValidationError("the URL of the key set must start with https://")
        }
        guard components.user == nil, components.password == nil else {
            throw ValidationError("the URL of the key set must not hold a user name or password")
        }
        isTLS = scheme == "https"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard isTLS || Self.isLoopback(self.host) else {
            throw ValidationError("keys from http are only taken from this machine: use https")
        }
        port = components.port ?? (isTLS ? 443 : 80)
        guard (1...65_535).contains(port) else { throw ValidationError("the URL of the key set has no such port") }
        let path = components.percentEncodedPath
        target = (path.isEmpty ? "/" : path) + (components.percentEncodedQuery.map { "?\($0)" } ?? "")
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        authority = components.port == nil ? name : "\(name):\(port)"
    }

    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host.lowercased() == "localhost" || host == "::1" || isIPv4 && parts[0] == "127"
    }
}
