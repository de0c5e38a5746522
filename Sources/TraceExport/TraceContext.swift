/// Which trace something belongs to, and which span comes before it (W3C Trace Context, section 3.2).
struct TraceContext: Sendable, Equatable {
    /// 16 bytes as 32 hexadecimal digits in lower case, not all zero.
    let traceID: String
    /// 8 bytes as 16 such digits.
    let spanID: String
    /// Whether the caller records the trace.
    let isSampled: Bool
    /// The header `tracestate` to pass on; empty: none.
    var state = ""

    init(traceID: String, spanID: String, isSampled: Bool, state: String = "") {
        (self.traceID, self.spanID, self.isSampled, self.state) = (traceID, spanID, isSampled, state)
    }

    /// Reads the header `traceparent`.
    ///
    /// A version that is not known yet may have more at its end, after another `-` (section 3.2.4).
    ///
    /// - Parameters:
    ///   - parent: its value; what is not exactly one is none.
    ///   - state: the value of `tracestate`; one that is not right is left out.
    init?(parent: String, state: String? = nil) {
        let bytes = Array(parent.utf8)
        guard bytes.count >= 55, bytes[2] == UInt8(ascii: "-"), bytes[35] == UInt8(ascii: "-"),
            bytes[52] == UInt8(ascii: "-"), let version = Self.hexadecimal(bytes[0..<2]), version != "ff",
            let traceID = Self.hexadecimal(bytes[3..<35]), traceID.contains(where: { $0 != "0" }),
            let spanID = Self.hexadecimal(bytes[36..<52]), spanID.contains(where: { $0 != "0" }),
            let flags = Self.hexadecimal(bytes[53..<55]).flatMap({ UInt8($0, radix: 16) })
        else { return nil }
        guard bytes.count == 55 || version != "00" && bytes[55] == UInt8(ascii: "-") else { return nil }
        self.init(traceID: traceID, spanID: spanID, isSampled: flags & 1 == 1)
        self.state = state.flatMap(TraceState.checked) ?? ""
    }

    /// The header `traceparent`, of the version that we speak.
    var parent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String? {
        let isRight = bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isRight ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
