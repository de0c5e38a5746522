internal import AccessPolicy
internal import JOSE
internal import ServiceManager
internal import TokenBroker

/// The form in which tokens go from one instance to the next.
///
/// A line that names form and version; then records, each a letter, the length of the rest in four bytes, and the rest:
/// `K` the key set, once at most; `T` a token: the profile's name and what it stands for, each after its length in four bytes; two
/// instants of the boot-time clock in nanoseconds, in eight bytes each; the token. At the end `E` without anything. Numbers have
/// their highest byte first. Whatever is not exactly this is nothing at all.
enum HandoverDocument {
    /// More than this is neither written nor read.
    static let mostBytes = 4 * 1_024 * 1_024
    private static let form = Array("iam-broker token cache, version 1\n".utf8)
    /// Bytes of a name, and of a token.
    private static let mostName = 1_024
    private static let mostToken = 64 * 1_024

    // MARK: Writing

    /// The document in pieces; the secret ones are not copied.
    ///
    /// Tokens for which there is no room are left out.
    static func parts(_ handover: Handover) -> [SealedMemory.Part] {
        var parts: [SealedMemory.Part] = [.bytes(form)]
        // What the end takes.
        var left = mostBytes - form.count - 5
        func add(_ letter: Character, _ pieces: [SealedMemory.Part]) {
            let count = pieces.reduce(0) { $0 + $1.count }
            guard count + 5 <= left else { return }
            left -= count + 5
            parts += [.bytes(Array(letter.utf8) + number(UInt32(clamping: count)))] + pieces
        }
        if let keys = handover.keys { add("K", [.bytes(keys.source)]) }
        for token in handover.tokens {
            let compact = token.token.compact.exposed
            guard compact.utf8.count <= mostToken, token.reference.utf8.count <= mostName else { continue }
            let head =
                named(token.profile.rawValue) + named(token.reference)
                + number(nanoseconds(token.obtainedAt)) + number(nanoseconds(token.endsAt))
            add("T", [.bytes(head), .text(compact)])
        }
        return parts + [.bytes(Array("E".utf8) + number(UInt32(0)))]
    }

    private static func named(_ text: String) -> [UInt8] {
        number(UInt32(clamping: text.utf8.count)) + Array(text.utf8)
    }

    private static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func nanoseconds(_ instant: Duration) -> UInt64 {
        let parts = instant.components
        guard parts.seconds >= 0, parts.seconds < Int64.max / 1_000_000_000 else { return .max }
        return UInt64(parts.seconds) * 1_000_000_000 + UInt64(max(0, parts.attoseconds / 1_000_000_000))
    }

    // MARK: Reading

    /// Reads a document whole; `nil` when anything about it is wrong.
    static func handover(parsing bytes: UnsafeRawBufferPointer) -> Handover? {
        var reader = unsafe HandoverReader(bytes)
        guard bytes.count <= mostBytes, let line = unsafe reader.bytes(form.count), unsafe line.elementsEqual(form)
        else { return nil }
        var tokens: [HandedToken] = []
        var keys: KeySet?
        while let letter = unsafe reader.byte(), let part = unsafe reader.part(atMost: mostBytes) {
            switch letter {
            case UInt8(ascii: "K"):
                guard keys == nil, let set = unsafe try? KeySet(parsing: Array(part)) else { return nil }
                keys = set
            case UInt8(ascii: "T"):
                guard let token = unsafe token(part), !tokens.contains(where: { $0.profile == token.profile }) else {
                    return nil
                }
                tokens.append(token)
            case UInt8(ascii: "E"):
                return unsafe part.isEmpty && reader.isAtEnd ? Handover(tokens: tokens, keys: keys) : nil
            default:
                return nil
            }
        }
        return nil
    }

    private static func token(_ bytes: UnsafeRawBufferPointer) -> HandedToken? {
        var reader = unsafe HandoverReader(bytes)
        guard let name = unsafe reader.part(atMost: mostName).flatMap({ unsafe String(validating: $0, as: UTF8.self) }),
            let profile = ProfileName(name),
            let reference = unsafe reader.part(atMost: mostName)
                .flatMap({ unsafe String(validating: $0, as: UTF8.self) }),
            let obtainedAt = unsafe reader.number().flatMap(instant),
            let endsAt = unsafe reader.number().flatMap(instant),
            let rest = unsafe reader.rest(atMost: mostToken), unsafe !rest.isEmpty,
            let compact = unsafe String(validating: rest, as: UTF8.self)
        else { return nil }
        return HandedToken(
            profile: profile,
            reference: reference,
            token: UnverifiedToken(compact: compact),
            obtainedAt: obtainedAt,
            endsAt: endsAt
        )
    }

    private static func instant(_ nanoseconds: UInt64) -> Duration? {
        Int64(exactly: nanoseconds).map { .nanoseconds($0) }
    }
}
