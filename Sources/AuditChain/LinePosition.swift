/// Where a line stands.
package struct LinePosition: Sendable, Hashable {
    package let file: String
    /// Counted from 1.
    package let line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }
}

extension LinePosition: CustomStringConvertible {
    package var description: String { "\(file):\(line)" }
}
