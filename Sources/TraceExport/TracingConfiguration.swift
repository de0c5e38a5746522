/// Where spans go.
package struct TracingConfiguration: Sendable, Equatable {
    /// Where OTLP is taken over HTTP, such as `http://127.0.0.1:4318/v1/traces`.
    package var url: String
    /// How much of the traces that begin here is recorded, from 0 to 1.
    ///
    /// What a client already records is recorded in any case.
    package var sample: Double

    package init(url: String, sample: Double = 1) {
        (self.url, self.sample) = (url, sample)
    }
}
