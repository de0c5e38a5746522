internal import ArgumentParser

/// How long a certificate shall be valid: `1h`, `30m`, `300s` or a number of seconds.
///
/// IBM does not say what it takes; its own program keeps to 300 to 3,600 seconds, and so does the broker.
struct CertificateLifetime: ExpressibleByArgument {
    let seconds: Int

    static let longest = CertificateLifetime(seconds: 3_600)
    private static let allowed = 300...3_600

    private init(seconds: Int) {
        self.seconds = seconds
    }

    init?(argument: String) {
        let units = ["h": 3_600, "m": 60, "s": 1]
        let unit = argument.last.flatMap { units[String($0)] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) else { return nil }
        let (seconds, isOverflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !isOverflow, Self.allowed.contains(seconds) else { return nil }
        self.seconds = seconds
    }

    var defaultValueDescription: String { "1h" }
}
