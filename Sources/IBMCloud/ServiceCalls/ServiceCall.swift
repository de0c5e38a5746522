internal import FoundationEssentials
internal import JOSE
internal import KeyRotation
internal import NIOHTTP1

/// One call to a service that makes or keeps keys: what is sent, and how its failures are told.
struct ServiceCall: Sendable {
    /// What is to be done and to what, such as `cannot list the API keys of iam-ServiceId-…`; it begins each message.
    let subject: String
    let method: HTTPMethod
    /// What follows the URL of the service, beginning with a slash.
    var target: String
    /// May hold the value of a key.
    var body: Redacted<String>?
    var contentType = "application/json"
    var headers: [(name: String, value: String)] = []
    /// What to do after a 404 that is not about a key but about what holds the keys; `nil` where it is about a key.
    var absence: String?

    init(_ subject: String, _ method: HTTPMethod, _ target: String, absence: String? = nil) {
        (self.subject, self.method, self.target, self.absence) = (subject, method, target, absence)
    }

    func request(to url: ServiceURL, bearer: Redacted<String>?) -> HTTPRequest {
        var request = HTTPRequest(method: method, url: url.appending(target), headers: headers)
        if let bearer { request.headers.append(("Authorization", "Bearer \(bearer.exposed)")) }
        request.headers.append(("Accept", "application/json"))
        if let body {
            request.headers.append(("Content-Type", contentType))
            request.body = Array(body.exposed.utf8)
        }
        return request
    }

    func fault(_ code: IssuerFault.Code, _ explanation: String, retryAfter: TimeInterval? = nil) -> IssuerFault {
        IssuerFault(code, "\(subject): \(explanation)", retryAfter: retryAfter)
    }

    /// For an answer of success that cannot be read: the change was made, or was not.
    func malformed(_ fault: AnswerFault, from service: String) -> CallStop {
        .fault(self.fault(.unknownOutcome, "\(fault); check that the URL is that of \(service)"))
    }
}
