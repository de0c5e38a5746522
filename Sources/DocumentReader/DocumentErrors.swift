/// Everything that is wrong with one document or several, as far as one look can tell.
package struct DocumentErrors: Error, Sendable, Equatable {
    /// The first ones, ``most`` at most.
    package private(set) var errors: [DocumentError] = []
    /// How many more there are.
    package private(set) var omitted = 0

    /// How many errors are kept: nobody reads more, and a document of nothing else must not fill the memory.
    package static let most = 100

    package init(_ errors: [DocumentError] = []) {
        for error in errors { add(error) }
    }

    package var isEmpty: Bool { errors.isEmpty }

    package mutating func add(_ error: DocumentError) {
        if errors.count < Self.most { errors.append(error) } else { omitted += 1 }
    }

    package mutating func add(_ others: DocumentErrors) {
        for error in others.errors { add(error) }
        omitted += others.omitted
    }

    /// By file and line.
    package var sorted: [DocumentError] {
        errors.enumerated()
            .sorted {
                ($0.element.file, $0.element.line ?? 0, $0.offset) < ($1.element.file, $1.element.line ?? 0, $1.offset)
            }
            .map(\.element)
    }
}

extension DocumentErrors: CustomStringConvertible {
    /// One error a line.
    package var description: String {
        var lines = errors.map(\.description)
        if omitted > 0 { lines.append("and \(omitted) more") }
        return lines.joined(separator: "\n")
    }
}

/// Gathers errors while reading goes on.
package final class DocumentErrorCollector {
    package private(set) var errors = DocumentErrors()

    package init() {}

    package func add(_ error: DocumentError) { errors.add(error) }

    package func add(_ others: DocumentErrors) { errors.add(others) }

    /// What `read` gives, or `nil` and one more error.
    package func attempt<Value>(_ read: () throws(DocumentError) -> Value) -> Value? {
        do {
            return try read()
        } catch {
            errors.add(error)
            return nil
        }
    }
}
