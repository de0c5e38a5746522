internal import JOSE
internal import NIOHTTP1
internal import TokenBroker

/// One of the calls to the metadata service: what is sent, and how its failures are told.
enum VPCIdentityCall {
    /// - Parameter nonce: safe to stand in JSON as it is.
    case identityToken(nonce: String?)
    case iamToken(InstanceIdentityToken, TrustedProfile)
    case certificate(InstanceIdentityToken, CertificateRequest)
    case metadata(InstanceIdentityToken, MetadataQuery)

    func path(in family: PathFamily) -> String {
        switch self {
        case .identityToken: family.identityTokenPath
        case .iamToken: family.iamTokenPath
        case .certificate: family.certificatePath
        case .metadata(_, let query): query.target
        }
    }

    func request(to url: ServiceURL, in family: PathFamily) -> HTTPRequest {
        var request: HTTPRequest
        switch self {
        case .identityToken(let nonce):
            request = HTTPRequest(method: .PUT, url: url.appending(path(in: family)), headers: [])
            let member = nonce.map { #","nonce":"\#($0)""# } ?? ""
            request.body = Array(#"{"expires_in":300\#(member)}"#.utf8)
        case .iamToken(let identity, let profile):
            request = HTTPRequest(method: .POST, url: url.appending(path(in: family)), headers: [])
            request.headers.append(("Authorization", "Bearer \(identity.compact.exposed)"))
            request.body = profile.reference.metadataBody.map { Array($0.utf8) }
        case .certificate(let identity, let asked):
            request = HTTPRequest(method: .POST, url: url.appending(path(in: family)), headers: [])
            request.headers.append(("Authorization", "Bearer \(identity.compact.exposed)"))
            let lifetime = asked.lifetime.map { #","expires_in":\#($0)"# } ?? ""
            request.body = Array(#"{"csr":\#(JSONText.quoted(asked.signingRequest))\#(lifetime)}"#.utf8)
        case .metadata(let identity, _):
            request = HTTPRequest(method: .GET, url: url.appending(path(in: family)), headers: [])
            request.headers.append(("Authorization", "Bearer \(identity.compact.exposed)"))
        }
        request.headers += [("Metadata-Flavor", "ibm"), ("Accept", "application/json")]
        if request.body != nil { request.headers.append(("Content-Type", "application/json")) }
        return request
    }

    /// What was asked for, to begin a message with.
    private var subject: String {
        switch self {
        case .identityToken: "no instance identity token from the metadata service"
        case .iamToken(_, let profile): "no IAM token of profile \(profile.name) from the metadata service"
        case .certificate: "no identity certificate from the metadata service"
        case .metadata(_, let query): "no metadata \(query.path) from the metadata service"
        }
    }

    func failure(
        _ code: AcquisitionError.Code,
        _ explanation: String,
        retryAfter: Duration? = nil,
        repair: String? = nil
    ) -> AcquisitionError {
        AcquisitionError(code, "\(subject): \(explanation)", retryAfter: retryAfter, repair: repair)
    }
}

extension MetadataQuery {
    /// The page is named by what an earlier page said, so nothing in it is taken for more than a value.
    fileprivate var target: String {
        let start = start.map { "&start=\(Self.encoded($0))" } ?? ""
        let limit = limit.map { "&limit=\($0)" } ?? ""
        return "/metadata/v1/\(path)?version=2025-08-26\(start)\(limit)"
    }

    /// Percent signs stay: the value came out of a query, where it was encoded already.
    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "_", "~", "%": encoded.unicodeScalars.append(scalar)
            default: encoded += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension ProfileReference {
    /// The body of the IAM token call; `nil` stands for no body, which means the default profile.
    fileprivate var metadataBody: String? {
        let member: (name: String, value: String)
        switch self {
        case .id(let id): member = ("id", id.rawValue)
        case .crn(let crn): member = ("crn", crn.rawValue)
        case .name(let name): member = ("name", name)
        case .instanceDefault: return nil
        }
        return #"{"trusted_profile":{"\#(member.name)":\#(JSONText.quoted(member.value))}}"#
    }
}
