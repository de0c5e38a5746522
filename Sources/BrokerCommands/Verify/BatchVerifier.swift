internal import FoundationEssentials
internal import JOSE

/// Answers the lines of `verify --batch`, one at a time.
struct BatchVerifier {
    /// Bytes of one line at most.
    static let maximumLineSize = 1_024 * 1_024

    /// A key set may be as deep as on its own, inside the case; what is deeper is no case.
    private static let limits = JSONLimits(size: maximumLineSize, depth: 18)

    /// The key set of the line before: cases seldom come with a new one each.
    private var lastKeySet: (text: String, result: Result<KeySet, KeySetError>)?

    /// The answer to a line, as a line with its line feed.
    ///
    /// `now` stands in for an absent `at`.
    mutating func answer(_ line: LineSplitter.Line, now: Date) -> String {
        guard case .text(let bytes) = line, let document = try? JSONDocument(parsing: bytes, limits: Self.limits) else {
            return Self.line(id: "null", rejection: Self.malformedCase)
        }
        let root = document.root
        let id = root["id"].map { JSONText.oneLine($0.text) } ?? "null"
        guard let verificationCase = VerificationCase(root) else {
            return Self.line(id: id, rejection: Self.malformedCase)
        }
        return Self.line(id: id, rejection: reject(verificationCase, now: now))
    }

    private static let malformedCase = "malformed case"

    /// Why the case's token is rejected, or `nil` when it is accepted.
    private mutating func reject(_ verificationCase: VerificationCase, now: Date) -> String? {
        let keys: KeySet
        switch keySet(verificationCase.keySet) {
        case .success(let parsed): keys = parsed
        case .failure(let error): return "\(error)"
        }
        let verifier = TokenVerifier(verificationCase.expectations)
        if verificationCase.signatureOnly {
            return verifier.verifySignature(of: verificationCase.token, with: keys)?.description
        }
        switch verifier.verify(verificationCase.token, with: keys, now: verificationCase.instant ?? now) {
        case .accept: return nil
        case .reject(let rejection): return rejection.description
        }
    }

    private mutating func keySet(_ text: String) -> Result<KeySet, KeySetError> {
        if let lastKeySet, lastKeySet.text.utf8.elementsEqual(text.utf8) { return lastKeySet.result }
        let result = Result { () throws(KeySetError) in try KeySet(parsing: text) }
        lastKeySet = (text, result)
        return result
    }

    private static func line(id: String, rejection: String?) -> String {
        guard let rejection else { return #"{"id":\#(id),"verdict":"accept","reason":null}"# + "\n" }
        return #"{"id":\#(id),"verdict":"reject","reason":\#(JSONText.string(rejection))}"# + "\n"
    }
}
