internal import BrokerAPI
internal import StatusPage

/// The page for operators.
extension AdminRoutes {
    /// `GET /`, with `?refresh=SECONDS` or without.
    func showPage(_ query: String) async -> Response {
        guard let page, let activity else { return Response(.notFound, "this daemon has no page") }
        var refresh: Int?
        if !query.isEmpty {
            guard query.hasPrefix("refresh="), let seconds = Int(query.dropFirst("refresh=".count)),
                (5...3_600).contains(seconds)
            else { return Response(.badRequest, "the only parameter is refresh=SECONDS, from 5 to 3600") }
            refresh = seconds
        }
        let material = PageMaterial(
            status: await statusNow,
            activity: activity,
            rotations: vitals.rotations(),
            fleet: await fleet?.shown,
            configuration: page.configuration,
            refresh: refresh
        )
        var response = Response(body: page.page.render(material))
        response.contentType = "text/html; charset=utf-8"
        response.fields = [
            ("Content-Security-Policy", page.page.contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
        ]
        return response
    }
}
