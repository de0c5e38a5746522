internal import JOSE

/// The body of a request for an identity certificate.
struct CertificateRequest {
    let signingRequest: SigningRequest
    /// `expires_in` in seconds.
    let lifetime: Int

    init(_ request: SimulatorRequest) throws(VPCError) {
        var pem: String?
        var lifetime = 3_600
        for (name, value) in try VPCRequestBody(request).members ?? [] {
            switch name {
            case "csr":
                guard let text = value.string else {
                    throw VPCRequestBody.invalid(name, "csr must be a string", value)
                }
                pem = text
            case "expires_in":
                // IBM documents no range; this is the one that its mount helper keeps to.
                guard let seconds = value.integer, (300...3_600).contains(seconds) else {
                    throw VPCRequestBody.invalid(name, "expires_in must be between 300 and 3600", value)
                }
                lifetime = seconds
            default: throw VPCRequestBody.unknown(name)
            }
        }
        guard let pem else { throw VPCRequestBody.missing("csr") }
        signingRequest = try SigningRequest(pem: pem)
        self.lifetime = lifetime
    }
}
