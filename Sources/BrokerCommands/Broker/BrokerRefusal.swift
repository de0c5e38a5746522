internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials

/// An answer of the broker that says no.
struct BrokerRefusal {
    private let status: Int
    private let retryAfter: Int?
    private let error: ErrorResponse.Body?

    init(_ answer: HTTPAnswer) {
        status = answer.status
        retryAfter = answer.retryAfter
        error = try? JSONDecoder().decode(ErrorResponse.self, from: Data(answer.body)).error
    }

    /// What the command ends with.
    var failure: CommandFailure {
        switch status {
        case 400: CommandFailure(.usage, message)
        case 403:
            CommandFailure(
                .refused,
                message,
                hint: error?.decision.map { "an operator sees why with: iam-broker explain \($0)" }
            )
        // Without the broker's own body, it was somebody else who did not know the path.
        case 404 where error != nil: CommandFailure(.badInput, message, hint: "iam-broker status lists the profiles")
        case 409: CommandFailure(.rejected, message)
        case 429, 503: CommandFailure(.unavailable, message, hint: retryAfter.map { "try again in \($0) s" })
        default: CommandFailure(.unavailable, message)
        }
    }

    private var message: String {
        guard let error else { return "the broker answered with status \(status) and no explanation" }
        return error.message
    }
}
