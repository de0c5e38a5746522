import CloudSimulator
import JOSE
import Testing

extension TestCloud {
    /// The service ID of the built-in API key.
    static let serviceID = "iam-ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"

    /// Asks a service with an IAM token of the default profile.
    func call(
        _ method: String,
        _ target: String,
        _ body: String = "",
        headers: [String: String] = [:]
    ) async throws -> RawResponse {
        let headers = headers.merging(["Authorization": "Bearer \(try await iamToken())"]) { $1 }
        return try await client.send(method, target, headers: headers, body: body)
    }

    /// Makes an API key of the built-in service ID.
    func createAPIKey(_ more: String = "", headers: [String: String] = [:]) async throws -> RawResponse {
        try await call(
            "POST",
            "/v1/apikeys",
            #"{"name":"new","iam_id":"\#(Self.serviceID)"\#(more)}"#,
            headers: headers
        )
    }

    /// The status of an exchange of `apiKey` for a token, and IAM's code if it is refused.
    func exchange(_ apiKey: String) async throws -> String {
        let response = try await askIAM("grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=\(apiKey)")
        return "\(response.status ?? 0)\(try response.json()["errorCode"]?.string.map { " \($0)" } ?? "")"
    }
}
