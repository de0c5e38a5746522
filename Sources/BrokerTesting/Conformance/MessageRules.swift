internal import Testing
internal import TokenBroker

/// The rules for messages: lower case, no closing period, one line, and nothing of a token.
func checkMessage(
    of error: AcquisitionError,
    code: AcquisitionError.Code,
    secrets: [String],
    sourceLocation: SourceLocation
) {
    #expect(error.code == code, sourceLocation: sourceLocation)
    #expect(error.message.first?.isLowercase == true, sourceLocation: sourceLocation)
    #expect(!error.message.hasSuffix("."), sourceLocation: sourceLocation)
    #expect(!error.message.contains { $0.isNewline }, sourceLocation: sourceLocation)
    for secret in secrets.flatMap({ $0.split(separator: ".") }) {
        let isHidden = !error.message.contains(secret)
        #expect(isHidden, "no part of a token is in the message", sourceLocation: sourceLocation)
    }
}

/// Whether `token` can stand in a header: visible ASCII.
func isSendable(_ token: String) -> Bool {
    !token.isEmpty && token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
}
