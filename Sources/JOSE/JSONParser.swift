internal import Glibc

/// Turns bytes into the nodes of a ``JSONDocument``, in one pass.
struct JSONParser {
    private let input: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private var position = 0
    private var nodes: [JSONDocument.Node] = []

    init(_ input: UnsafeBufferPointer<UInt8>, depth: Int) {
        self.input = input
        maximumDepth = depth
    }

    mutating func parse() throws(JSONError) -> [JSONDocument.Node] {
        nodes.reserveCapacity(input.count / 16 + 8)
        skipWhitespace()
        try parseValue(depth: 0)
        skipWhitespace()
        guard position == input.count else { throw .trailingBytes }
        return nodes
    }

    private mutating func parseValue(depth: Int) throws(JSONError) {
        switch try peek() {
        case UInt8(ascii: "{"): try parseObject(depth: depth + 1)
        case UInt8(ascii: "["): try parseArray(depth: depth + 1)
        case UInt8(ascii: "\""): try parseString()
        case UInt8(ascii: "t"): try parseLiteral("true", .true)
        case UInt8(ascii: "f"): try parseLiteral("false", .false)
        case UInt8(ascii: "n"): try parseLiteral("null", .null)
        default: try parseNumber()
        }
    }

    // MARK: Containers

    private mutating func parseObject(depth: Int) throws(JSONError) {
        guard depth <= maximumDepth else { throw .tooDeep }
        let index = open(.object)
        position += 1
        skipWhitespace()
        var count = 0
        var fingerprints: UInt64 = 0
        var isLookedThroughLater = false
        if try peek() == UInt8(ascii: "}") {
            position += 1
        } else {
            while true {
                let name = nodes.count
                guard try peek() == UInt8(ascii: "\"") else { throw .unexpectedByte }
                try parseString()
                // A cheap fingerprint: only names that share it are compared. Escapes and large objects need more.
                let bit = fingerprint(nodes[name])
                count += 1
                if nodes[name].isEscaped || count > Self.fewMembers {
                    isLookedThroughLater = true
                } else if fingerprints & bit != 0 {
                    try refuse(repeating: name, inObjectAt: index)
                }
                fingerprints |= bit
                skipWhitespace()
                guard try take() == UInt8(ascii: ":") else { throw .unexpectedByte }
                skipWhitespace()
                try parseValue(depth: depth)
                skipWhitespace()
                let separator = try take()
                if separator == UInt8(ascii: "}") { break }
                guard separator == UInt8(ascii: ",") else { throw .unexpectedByte }
                skipWhitespace()
            }
        }
        close(index)
        if isLookedThroughLater { try refuseDuplicates(ofObjectAt: index, count: count) }
    }

    private mutating func parseArray(depth: Int) throws(JSONError) {
        guard depth <= maximumDepth else { throw .tooDeep }
        let index = open(.array)
        position += 1
        skipWhitespace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
        } else {
            while true {
                try parseValue(depth: depth)
                skipWhitespace()
                let separator = try take()
                if separator == UInt8(ascii: "]") { break }
                guard separator == UInt8(ascii: ",") else { throw .unexpectedByte }
                skipWhitespace()
            }
        }
        close(index)
    }

    private mutating func open(_ kind: JSONDocument.Kind) -> Int {
        nodes.append(.init(kind: kind, start: UInt32(position), end: 0, next: 0))
        return nodes.count - 1
    }

    private mutating func close(_ index: Int) {
        nodes[index].end = UInt32(position)
        nodes[index].next = UInt32(nodes.count)
    }

    private func fingerprint(_ name: JSONDocument.Node) -> UInt64 {
        let length = Int(name.end - name.start)
        guard length > 0 else { return 1 }
        let first = Int(input[Int(name.start)])
        let last = Int(input[Int(name.end) - 1])
        let middle = Int(input[Int(name.start) + length / 2])
        return 1 << UInt64((length &* 7 &+ first &* 13 &+ last &* 5 &+ middle) & 63)
    }

    /// Compares a name without escapes with those before it.
    private func refuse(repeating name: Int, inObjectAt index: Int) throws(JSONError) {
        let length = nodes[name].end - nodes[name].start
        var member = index + 1
        while member < name {
            let other = nodes[member]
            if other.end - other.start == length, let base = input.baseAddress,
                memcmp(base + Int(other.start), base + Int(nodes[name].start), Int(length)) == 0
            {
                throw .duplicateMember
            }
            member = Int(nodes[Int(other.next)].next)
        }
    }

    private func refuseDuplicates(ofObjectAt index: Int, count: Int) throws(JSONError) {
        var seen = Set<[UInt8]>(minimumCapacity: count)
        var member = index + 1
        while member < Int(nodes[index].next) {
            let name = nodes[member]
            guard seen.insert(JSONStrings.unescaped(input, name)).inserted else { throw .duplicateMember }
            member = Int(nodes[Int(name.next)].next)
        }
    }

    /// Up to so many members comparing each with each is cheap.
    private static let fewMembers = 64

    // MARK: Scalars

    private mutating func parseString() throws(JSONError) {
        position += 1
        let start = position
        var isEscaped = false
        while position < input.count {
            skipPlainBytes()
            guard position < input.count else { break }
            let byte = input[position]
            if byte == UInt8(ascii: "\"") {
                let end = UInt32(position)
                position += 1
                let next = UInt32(nodes.count + 1)
                nodes.append(.init(kind: .string, isEscaped: isEscaped, start: UInt32(start), end: end, next: next))
                return
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try skipEscape()
            } else if byte < 0x20 {
                throw .unexpectedByte
            } else if byte < 0x80 {
                position += 1
            } else {
                guard let length = JSONStrings.sequenceLength(input, at: position) else { throw .invalidUTF8 }
                position += length
            }
        }
        throw .unexpectedEnd
    }

    /// Skips eight bytes at a time for as long as all of them are ASCII that stands for itself in a string.
    private mutating func skipPlainBytes() {
        guard let base = UnsafeRawPointer(input.baseAddress) else { return }
        while position + 8 <= input.count {
            let word = (base + position).loadUnaligned(as: UInt64.self)
            // The top bit of each byte is set when the byte is below 0x20, a quote, a backslash, or above 0x7F.
            let controls = word &- Self.everyByte(0x20)
            let quotes = (word ^ Self.everyByte(0x22)) &- Self.everyByte(0x01)
            let escapes = (word ^ Self.everyByte(0x5C)) &- Self.everyByte(0x01)
            guard (controls | quotes | escapes | word) & Self.everyByte(0x80) == 0 else { return }
            position += 8
        }
    }

    private static func everyByte(_ byte: UInt64) -> UInt64 { 0x0101_0101_0101_0101 &* byte }

    private mutating func skipEscape() throws(JSONError) {
        position += 1
        switch try take() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            let unit = try takeCodeUnit()
            if unit & 0xFC00 == 0xDC00 { throw .loneSurrogate }
            guard unit & 0xFC00 == 0xD800 else { return }
            guard position + 1 < input.count, input[position] == UInt8(ascii: "\\"),
                input[position + 1] == UInt8(ascii: "u")
            else { throw .loneSurrogate }
            position += 2
            guard try takeCodeUnit() & 0xFC00 == 0xDC00 else { throw .loneSurrogate }
        default:
            throw .invalidEscape
        }
    }

    private mutating func takeCodeUnit() throws(JSONError) -> UInt16 {
        guard position + 4 <= input.count else { throw .unexpectedEnd }
        guard let unit = JSONStrings.codeUnit(input, at: position) else { throw .invalidEscape }
        position += 4
        return unit
    }

    private mutating func parseNumber() throws(JSONError) {
        let start = position
        if position < input.count, input[position] == UInt8(ascii: "-") { position += 1 }
        if position < input.count, input[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if position < input.count, input[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if position < input.count, input[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < input.count, input[position] == UInt8(ascii: "+") || input[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits()
        }
        let next = UInt32(nodes.count + 1)
        nodes.append(.init(kind: .number, start: UInt32(start), end: UInt32(position), next: next))
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while position < input.count, input[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else { throw position < input.count ? .unexpectedByte : .unexpectedEnd }
    }

    private mutating func parseLiteral(_ literal: StaticString, _ kind: JSONDocument.Kind) throws(JSONError) {
        let start = position
        for offset in 0..<literal.utf8CodeUnitCount {
            guard try take() == literal.utf8Start[offset] else { throw .unexpectedByte }
        }
        let next = UInt32(nodes.count + 1)
        nodes.append(.init(kind: kind, start: UInt32(start), end: UInt32(position), next: next))
    }

    // MARK: Bytes

    private func peek() throws(JSONError) -> UInt8 {
        guard position < input.count else { throw .unexpectedEnd }
        return input[position]
    }

    private mutating func take() throws(JSONError) -> UInt8 {
        let byte = try peek()
        position += 1
        return byte
    }

    private mutating func skipWhitespace() {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
