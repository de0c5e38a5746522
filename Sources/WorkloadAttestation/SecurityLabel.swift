internal import AccessPolicy

/// The text form of a security module's label.
enum SecurityLabel {
    static let noModule = "this kernel has no security module with peer labels"

    /// Security modules end a label with a NUL, with a line break, or with nothing.
    static func fact(_ bytes: [UInt8]) -> Fact<String> {
        var label = bytes[...]
        if label.last == 0 || label.last == UInt8(ascii: "\n") { label = label.dropLast() }
        guard !label.isEmpty else { return .none }
        guard !label.contains(0), let text = String(validating: label, as: UTF8.self) else {
            return .unknown("the label is not UTF-8")
        }
        return .known(text)
    }
}
