/// Reads numbers and parts of bytes, one after the other, and never behind their end.
@unsafe struct HandoverReader {
    private var left: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe left = bytes
    }

    var isAtEnd: Bool { unsafe left.isEmpty }

    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard unsafe count <= left.count else { return nil }
        defer { unsafe left = UnsafeRawBufferPointer(rebasing: left.dropFirst(count)) }
        return unsafe UnsafeRawBufferPointer(rebasing: left.prefix(count))
    }

    mutating func byte() -> UInt8? { unsafe bytes(1)?.first }

    /// Eight bytes.
    mutating func number() -> UInt64? { unsafe bytes(8)?.reduce(0) { $0 << 8 | UInt64($1) } }

    /// A length in four bytes, and so many bytes.
    mutating func part(atMost limit: Int) -> UnsafeRawBufferPointer? {
        guard let length = unsafe bytes(4)?.reduce(0, { $0 << 8 | Int($1) }), length <= limit else { return nil }
        return unsafe bytes(length)
    }

    /// All that is left.
    mutating func rest(atMost limit: Int) -> UnsafeRawBufferPointer? {
        guard unsafe left.count <= limit else { return nil }
        return unsafe bytes(left.count)
    }
}
