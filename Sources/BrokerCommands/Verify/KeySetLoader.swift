internal import ArgumentParser
internal import JOSE
internal import NIOCore
internal import NIOHTTP1

/// Reads the text of a key set from where it is.
struct KeySetLoader {
    /// Certificates (PEM) to trust in place of the system's.
    var certificateAuthorities: String?

    /// From the first attempt to connect to the last byte.
    private static let deadline = TimeAmount.seconds(10)

    /// The text, of which ``KeySet`` decides whether it is a key set.
    ///
    /// At most one byte more than it reads is kept.
    func load(_ location: KeySetLocation) async throws(CommandFailure) -> [UInt8] {
        switch location {
        case .file(let path): try InputFile(path: path).readAll(limit: KeySet.maximumSize)
        case .url(let url): try await fetch(url)
        }
    }

    private func fetch(_ url: KeySetURL) async throws(CommandFailure) -> [UInt8] {
        let tls = url.isTLS ? try TrustedCertificates(path: certificateAuthorities).tlsContext() : nil
        let exchange = HTTPExchange(
            endpoint: .host(name: url.host, port: url.port, tls: tls),
            method: .GET,
            target: url.target,
            host: url.authority,
            bodyLimit: KeySet.maximumSize,
            deadline: Self.deadline
        )
        let answer: HTTPAnswer
        do {
            answer = try await exchange.perform()
        } catch {
            throw CommandFailure(.unavailable, "cannot fetch the key set from \(url.authority): \(error)")
        }
        guard answer.status == 200 else {
            throw CommandFailure(
                .unavailable,
                "cannot fetch the key set from \(url.authority): it answered with status \(answer.status)",
                hint: (300..<400).contains(answer.status) ? "redirects are not followed: give the final URL" : nil
            )
        }
        return answer.body
    }
}
