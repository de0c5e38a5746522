internal import SecretFiles

/// Why an identity certificate cannot be asked for, believed or kept.
package struct CertificateError: Error, Sendable, Hashable {
    /// What callers switch on.
    package enum Code: Sendable, Hashable, CaseIterable {
        /// The subject cannot be asked for.
        case invalidSubject
        /// A key pair or a signing request cannot be made or read.
        case unusableKey
        /// What should be certificates in PEM is not, or there are too many.
        case malformedChain
        /// The first certificate is for another key.
        case foreignKey
        /// The first certificate names another subject.
        case wrongSubject
        /// The first certificate may not be used as what it was asked for.
        case wrongUse
        /// A certificate is not valid yet, or not any more.
        case notInForce
        /// A certificate is not signed by the next.
        case brokenChain
        /// No given root vouches for the chain.
        case untrusted
        /// A path, a folder or a mode under which a key is not safe.
        case unsafePlace
        /// The system refused to read or write a file.
        case fileFailure
        /// The files that lie there do not fit each other or the configuration.
        case filesDisagree
    }

    package let code: Code
    /// For people: what failed, and on which thing; never a key.
    package let message: String

    package init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }
}

extension CertificateError {
    /// What became of a file, in the words of this module.
    init(_ error: SecretFileError) {
        let code: Code =
            switch error.code {
            case .unsafePlace: .unsafePlace
            case .noFolder, .systemFailure: .fileFailure
            }
        self.init(code, error.message)
    }

    /// Does something with files, and tells what goes wrong as an error of this module.
    static func wrapping<Value>(_ body: () throws(SecretFileError) -> Value) throws(CertificateError) -> Value {
        do throws(SecretFileError) {
            return try body()
        } catch {
            throw CertificateError(error)
        }
    }
}

extension CertificateError: CustomStringConvertible {
    package var description: String { message }
}
