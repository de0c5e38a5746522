/// Why a text is not acceptable JSON.
package enum JSONError: Error, Sendable, Equatable {
    case tooLarge
    case tooDeep
    case unexpectedEnd
    case unexpectedByte
    case trailingBytes
    case invalidUTF8
    case invalidEscape
    case loneSurrogate
    case duplicateMember
    case notObject
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge: "larger than allowed"
        case .tooDeep: "nested deeper than allowed"
        case .unexpectedEnd: "ends too early"
        case .unexpectedByte: "not JSON"
        case .trailingBytes: "has bytes after its end"
        case .invalidUTF8: "not UTF-8"
        case .invalidEscape: "has an invalid escape"
        case .loneSurrogate: "has a lone surrogate"
        case .duplicateMember: "has a member twice"
        case .notObject: "not a JSON object"
        }
    }
}
