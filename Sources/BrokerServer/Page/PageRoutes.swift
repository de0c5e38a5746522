internal import BrokerAPI
internal import NIOHTTP1
package import TokenBroker
internal import WorkloadAttestation

/// The page over TCP: nothing but the page, and only for those who may see it.
///
/// Over TCP there is no mode of a socket file: every local process, and every web page that a browser of this machine shows, can
/// connect. So a request must name this listener as its host, must not come from another page, and must show the access token.
package struct PageRoutes: Sendable {
    private let admin: AdminRoutes
    private let access: PageAccess
    private let time: any TimeSource

    package init(_ admin: AdminRoutes, access: PageAccess, time: any TimeSource) {
        (self.admin, self.access, self.time) = (admin, access, time)
    }

    func respond(to request: Request, from peer: any Peer) async -> Response {
        // A peer that did not come over TCP knows none of the names.
        let hosts = (peer as? TCPAttestedPeer)?.authorities ?? []
        let userID = peer.userID == TCPAttestedPeer.unknownUser ? nil : peer.userID
        return await respond(to: request, hosts: hosts, from: userID)
    }

    /// - Parameters:
    ///   - request: from anybody.
    ///   - hosts: what `Host` may be, in lower case.
    ///   - userID: who asks, as the kernel says; `nil` when it cannot tell, and then no cookie is given or taken.
    /// - Returns: the page, a way to it, or why not.
    func respond(to request: Request, hosts: Set<String>, from userID: UInt32?) async -> Response {
        if let refusal = Self.refusal(request, hosts) { return Self.plain(refusal.status, refusal.words) }
        guard request.method == .GET else {
            var response = Self.plain(405, "the page can only be read: GET /")
            response.allow = "GET"
            return response
        }
        if request.path == BrokerPath.page, request.query.hasPrefix(Self.accessKey) {
            return enter(request.query.dropFirst(Self.accessKey.count), userID)
        }
        guard mayEnter(request, userID) else {
            var response = Self.plain(
                401,
                "this page is for operators; open the address that this prints on the instance: sudo iam-broker page"
            )
            response.fields.append(("WWW-Authenticate", "Bearer"))
            return response
        }
        guard request.path == BrokerPath.page else { return Self.plain(404, "there is only one page: /") }
        return await admin.showPage(request.query)
    }

    private static let accessKey = "access="

    // MARK: Who comes

    private static func refusal(_ request: Request, _ hosts: Set<String>) -> (status: Int, words: String)? {
        let host = request.headers["host"]
        guard host.count == 1, let name = host.first?.lowercased(), hosts.contains(name) else {
            return (403, "the Host of the request is none of this page's; open http://127.0.0.1 with its port")
        }
        // Another page's script or form; a person who opens an address sends none of it.
        if let origin = request.headers.first(name: "origin"), origin.lowercased() != "http://\(name)" {
            return (403, "requests of other pages are not served")
        }
        if let use = request.headers.first(name: "sec-fetch-dest"), use != "document" {
            return (403, "this page is no part of another one")
        }
        return nil
    }

    private func mayEnter(_ request: Request, _ userID: UInt32?) -> Bool {
        let bearer = "bearer "
        let tokens = request.headers["authorization"]
        if tokens.count == 1, let text = tokens.first, text.lowercased().hasPrefix(bearer) {
            return access.isToken(text.dropFirst(bearer.count))
        }
        guard let userID else { return false }
        let now = time.now.boot
        return request.headers["cookie"].flatMap { $0.split(separator: ";") }
            .prefix(Self.mostCookies)
            .contains { pair in
                let parts = pair.drop { $0 == " " }
                    .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return parts.count == 2 && parts[0] == PageAccess.cookie
                    && access.isSession(parts[1], now: now, of: userID)
            }
    }

    /// Other programs of this machine set cookies for the same host.
    private static let mostCookies = 64

    /// The token was given in the address: from now on the cookie stands for it, and the address is forgotten.
    private func enter(_ token: some StringProtocol, _ userID: UInt32?) -> Response {
        guard access.isToken(token), let userID, let session = access.session(now: time.now.boot, for: userID) else {
            return Self.plain(
                401,
                "this access token is not the one of now: it changes with each start; sudo iam-broker page prints it"
            )
        }
        var response = Self.plain(303, "see /")
        response.fields += [
            ("Location", BrokerPath.page),
            (
                "Set-Cookie",
                "\(PageAccess.cookie)=\(session); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(PageAccess.sessionLife.components.seconds)"
            ),
        ]
        return response
    }

    /// Words, and a browser that does nothing with them.
    private static func plain(_ status: Int, _ words: String) -> Response {
        var response = Response(status: status, body: Array((words + "\n").utf8))
        response.contentType = "text/plain; charset=utf-8"
        response.fields = [
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ]
        return response
    }
}
