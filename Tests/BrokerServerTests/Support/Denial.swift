import FoundationEssentials

/// The body of a refusal with a decision, if a body is one.
struct Denial {
    let message: String
    let decision: String

    private struct Wire: Decodable {
        struct Body: Decodable {
            let code: String
            let message: String
            let decision: String
        }
        let error: Body
    }

    init?(_ body: String, code: String = "denied") {
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(body.utf8)), wire.error.code == code else {
            return nil
        }
        (message, decision) = (wire.error.message, wire.error.decision)
    }
}
