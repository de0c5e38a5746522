internal import DocumentReader
internal import IBMCloud
internal import TraceExport

extension ConfigurationReader {
    func tracing(_ section: DocumentValue?) throws(DocumentError) -> TracingConfiguration? {
        guard let section else { return nil }
        let members = try section.mapping(known: ["url", "sample"])
        let value = try members.required("url")
        let url = try url(value)
        guard url.isEncrypted || url.isLoopback else {
            throw value.error("must begin with https:// unless the collector is on this machine")
        }
        var tracing = TracingConfiguration(url: url.description)
        if let value = members["sample"] { tracing.sample = try share(value) }
        return tracing
    }

    private func share(_ value: DocumentValue) throws(DocumentError) -> Double {
        let text = try value.string()
        let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isPlain, let share = Double(text), (0...1).contains(share) else {
            throw value.error("must be a number from 0 to 1, such as 0.1")
        }
        return share
    }
}
