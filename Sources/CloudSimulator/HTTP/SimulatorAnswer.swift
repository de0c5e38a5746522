/// An answer before it is put on the wire.
struct SimulatorAnswer: Sendable {
    let status: Int
    var headers: [(name: String, value: String)]
    /// The body; `nil` for an empty one.
    var document: JSONOutput?
    /// A body that is no text, in place of ``document``.
    var content: [UInt8]?

    /// A JSON answer in the manner of IBM's services.
    init(status: Int = 200, headers: [(name: String, value: String)] = [], _ document: JSONOutput) {
        self.status = status
        self.headers = [("Content-Type", "application/json; charset=utf-8")] + headers
        self.document = document
    }

    /// An answer of the S3 API.
    init(status: Int = 200, headers: [(name: String, value: String)] = [], xml: String) {
        self.status = status
        self.headers = [("Content-Type", "application/xml")] + headers
        document = .verbatim(#"<?xml version="1.0" encoding="UTF-8"?>"# + xml)
    }

    /// An answer without a body.
    init(emptyWithStatus status: Int) {
        self.status = status
        headers = []
    }

    /// The body as it goes over the wire.
    var body: [UInt8] { content ?? document?.bytes ?? [] }
}
