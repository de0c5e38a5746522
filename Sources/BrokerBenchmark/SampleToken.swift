internal import FoundationEssentials
internal import JOSE

/// A token like those that IBM Cloud IAM gives for a trusted profile of a compute resource, signed by a key made for it.
struct SampleToken {
    let compact: String
    private let keys: KeySet
    private let verifier: TokenVerifier

    private static let profileID = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
    private static let accountID = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"
    private static let issuer = "https://iam.cloud.ibm.com/identity"
    private static let issuedAt = 1_788_256_800
    private static let now = Date(timeIntervalSince1970: 1_788_258_000)

    init() throws {
        let key = try SigningKey(generating: .rs256, id: "20260901-benchmark")
        compact = try key.token(claims: Self.claims, header: #"{"kid":"\#(key.id)","alg":"RS256"}"#)
        keys = try KeySet(parsing: #"{"keys":[\#(key.publicJWK())]}"#)
        var expectations = TokenExpectations()
        expectations.issuer = Self.issuer
        expectations.profile = .id(Self.profileID)
        expectations.accountID = Self.accountID
        verifier = TokenVerifier(expectations)
    }

    /// From the compact text to a verified token, over and over on this thread.
    func verificationsPerSecond(seconds: Int) throws(BenchmarkError) -> Double {
        for _ in 0..<1_000 { try verify() }
        let begin = MonotonicClock.now
        let end = begin + Int64(seconds) * 1_000_000_000
        var count = 0
        var now = begin
        while now < end {
            for _ in 0..<100 { try verify() }
            count += 100
            now = MonotonicClock.now
        }
        return Double(count) / (Double(now - begin) / 1e9)
    }

    private func verify() throws(BenchmarkError) {
        switch verifier.verify(UnverifiedToken(compact: compact), with: keys, now: Self.now) {
        case .accept: return
        case .reject(let rejection): throw BenchmarkError("the sample token was refused: \(rejection)")
        }
    }

    private static var claims: String {
        let instance =
            "crn:v1:bluemix:public:is:us-south-1:a/\(accountID)::instance:0717_2c9f7d1e-4b3a-4c5d-8e6f-7a8b9c0d1e2f"
        return """
            {"iam_id":"iam-\(profileID)","id":"iam-\(profileID)","realmid":"iam",\
            "jti":"7d6e5f4a-3b2c-4d1e-8f0a-9b8c7d6e5f4a","identifier":"\(profileID)","name":"broker-host-profile",\
            "sub":"\(profileID)","sub_type":"Profile",\
            "authn":{"sub":"\(instance)","iam_id":"crn-\(instance)","name":"broker-host-1"},\
            "account":{"boundary":"global","valid":true,"bss":"\(accountID)"},\
            "iat":\(issuedAt),"exp":\(issuedAt + 3_600),"iss":"\(issuer)",\
            "grant_type":"urn:ibm:params:oauth:grant-type:cr-token","scope":"ibm openid","client_id":"default"}
            """
    }
}
