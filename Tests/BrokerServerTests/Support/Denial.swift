import FoundationEssentials

/// The body of a denial, if a body is one.
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

    init?(_ body: String) {
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(body.utf8)), wire.error.code == "denied" else {
            return nil
        }
        (message, decision) = (wire.error.message, wire.error.decision)
    }
}
