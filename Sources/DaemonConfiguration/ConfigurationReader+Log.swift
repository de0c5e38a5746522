internal import DaemonLogging
internal import DocumentReader
internal import Logging

extension ConfigurationReader {
    func log(_ section: DocumentValue?) throws(DocumentError) -> LogConfiguration {
        var log = LogConfiguration()
        guard let section else { return log }
        let members = try section.mapping(known: ["to", "format", "level", "journal_socket"])
        if let value = members["to"] { log.target = try choice(value) }
        if let value = members["format"] { log.format = try choice(value) }
        if let value = members["level"] { log.level = try choice(value) }
        if let value = members["journal_socket"] { log.journalSocket = try socketPath(value) }
        return log
    }

    /// One of the cases of an enumeration, by its name.
    private func choice<Choice>(_ value: DocumentValue) throws(DocumentError) -> Choice
    where Choice: CaseIterable & RawRepresentable<String> {
        guard let choice = Choice(rawValue: try value.string()) else {
            throw value.error("must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}
