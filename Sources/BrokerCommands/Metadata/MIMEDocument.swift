/// A part of a MIME document that has no parts itself.
struct MIMEPart: Equatable {
    /// Type and subtype in lower case, such as `text/cloud-config`.
    var contentType: String
    var filename: String?
    /// `Content-Transfer-Encoding` in lower case; the content is still in it.
    var transferEncoding: String?
    var content: ArraySlice<UInt8>
}

/// Why a MIME document cannot be split.
enum MIMEError: Error, Equatable {
    case boundary
    case noParts
    case tooManyParts(limit: Int)
    case tooDeep(limit: Int)
    case headerTooLarge(limit: Int)
}

extension MIMEError: CustomStringConvertible {
    var description: String {
        switch self {
        case .boundary: "a multipart document has no boundary of 1 to 70 characters"
        case .noParts: "the boundary of a multipart document is nowhere in it"
        case .tooManyParts(let limit): "it has more than \(limit) parts"
        case .tooDeep(let limit): "its parts are nested deeper than \(limit)"
        case .headerTooLarge(let limit): "the header of a part is larger than \(limit) bytes"
        }
    }
}

/// Splits a MIME multipart document (RFC 2046 section 5.1); parts within parts are taken for parts of the whole.
///
/// A document that is not multipart is one part. The cost is the size times the depth of the nesting.
enum MIMEDocument {
    static let mostParts = 256
    static let mostDepth = 8
    static let largestHeader = 16 * 1_024

    static func parts(of document: [UInt8]) throws(MIMEError) -> [MIMEPart] {
        let (header, _) = try MIMEHeader.split(document[...], limit: Self.largestHeader)
        // Ordinary user data has lines with colons too: it is a MIME document when it says so.
        guard header.isMultipart else {
            return [MIMEPart(contentType: plainType(document), content: document[...])]
        }
        var parts: [MIMEPart] = []
        try collect(document[...], depth: 0, into: &parts)
        return parts
    }

    /// What cloud-init takes a document for, from its first line.
    private static func plainType(_ document: [UInt8]) -> String {
        if document.starts(with: "#!".utf8) { return "text/x-shellscript" }
        return document.starts(with: "#cloud-config".utf8) ? "text/cloud-config" : "text/plain"
    }

    private static func collect(
        _ entity: ArraySlice<UInt8>,
        depth: Int,
        into parts: inout [MIMEPart]
    ) throws(MIMEError) {
        let (header, content) = try MIMEHeader.split(entity, limit: Self.largestHeader)
        guard header.isMultipart else {
            guard parts.count < mostParts else { throw .tooManyParts(limit: mostParts) }
            parts.append(header.part(content))
            return
        }
        guard depth < mostDepth else { throw .tooDeep(limit: mostDepth) }
        guard let boundary = header.boundary, (1...70).contains(boundary.utf8.count) else { throw .boundary }
        for part in try split(content, at: Array("--\(boundary)".utf8)) {
            try collect(part, depth: depth + 1, into: &parts)
        }
    }

    /// What is between the lines that are `delimiter`; without a last delimiter the last part goes to the end.
    private static func split(
        _ content: ArraySlice<UInt8>,
        at delimiter: [UInt8]
    ) throws(MIMEError) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start: Int?
        var line = content.startIndex
        while line < content.endIndex {
            let end = content[line...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? content.endIndex
            if let isLast = isDelimiter(content[line..<end], delimiter) {
                if let start {
                    guard parts.count < mostParts else { throw .tooManyParts(limit: mostParts) }
                    parts.append(withoutLineEnd(content[start..<line]))
                }
                start = isLast ? nil : end
                if isLast { break }
            }
            line = end
        }
        if let start { parts.append(content[start...]) }
        guard !parts.isEmpty else { throw .noParts }
        return parts
    }

    /// Whether a delimiter is the closing one; `nil` for a line that is none.
    private static func isDelimiter(_ line: ArraySlice<UInt8>, _ delimiter: [UInt8]) -> Bool? {
        guard line.starts(with: delimiter) else { return nil }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let rest = line.dropFirst(delimiter.count)
        if rest.allSatisfy(isSpace) { return false }
        return rest.starts(with: "--".utf8) && rest.dropFirst(2).allSatisfy(isSpace) ? true : nil
    }

    /// The line end before a delimiter belongs to the delimiter.
    private static func withoutLineEnd(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard part.last == UInt8(ascii: "\n") else { return part }
        let part = part.dropLast()
        return part.last == UInt8(ascii: "\r") ? part.dropLast() : part
    }
}
