internal import Glibc

/// The three pipes between this program and one that it runs.
struct ProgramPipes: ~Copyable {
    let childInput: Int32
    let childOutput: Int32
    let childErrors: Int32
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []

    private let program: String
    private let outputLimit: Int
    private var unwritten: ArraySlice<UInt8>
    private var inputEnd: Int32
    private var outputEnd: Int32
    private var errorEnd: Int32
    private var hasChildEnds = true

    init(program: String, input: String, outputLimit: Int) throws(ProgramError) {
        self.program = program
        self.outputLimit = outputLimit
        unwritten = Array(input.utf8)[...]
        var ends: [Int32] = []
        for _ in 0..<3 {
            var pair: [Int32] = [-1, -1]
            guard unsafe pipe(&pair) == 0 else {
                let code = errno
                for end in ends { Self.close(end) }
                throw ProgramError(code: .cannotStart, program: program, errorNumber: code)
            }
            ends += pair
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (childInput, inputEnd) = (ends[0], ends[1])
        (outputEnd, childOutput) = (ends[2], ends[3])
        (errorEnd, childErrors) = (ends[4], ends[5])
        // The program's own ends stay blocking: it does not expect anything else.
        for end in [inputEnd, outputEnd, errorEnd] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        if hasChildEnds { Self.close(childInput, childOutput, childErrors) }
        Self.close(inputEnd, outputEnd, errorEnd)
    }

    /// To be called when the program runs: only then its end of the output is the last one.
    mutating func closeChildEnds() {
        Self.close(childInput, childOutput, childErrors)
        hasChildEnds = false
    }

    /// Writes the input and reads both outputs, until the program has closed them.
    mutating func exchange(
        until deadline: ContinuousClock.Instant,
        unless isCalledOff: () -> Bool
    ) throws(ProgramError) {
        while outputEnd >= 0 || errorEnd >= 0 {
            if unwritten.isEmpty { closeInput() }
            try waitUntilReady(until: deadline, unless: isCalledOff)
            writeInput()
            outputEnd = try Self.read(outputEnd, into: &output, limit: outputLimit, program: program)
            errorEnd = try Self.read(errorEnd, into: &errors, limit: outputLimit, program: program)
        }
        closeInput()
    }

    /// Whoever calls a program off is heard after so many milliseconds at most.
    private static let attention: Int32 = 100

    private func waitUntilReady(
        until deadline: ContinuousClock.Instant,
        unless isCalledOff: () -> Bool
    ) throws(ProgramError) {
        // A negative descriptor is one that `poll` leaves out.
        var descriptors = [
            pollfd(fd: inputEnd, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: outputEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errorEnd, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let remaining = deadline - .now
            guard remaining > .zero else { throw ProgramError(code: .timeout, program: program) }
            guard !isCalledOff() else { throw ProgramError(code: .calledOff, program: program) }
            let milliseconds = min(Self.attention, Int32(clamping: Int64(remaining / .milliseconds(1)) + 1))
            let ready = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else {
                throw ProgramError(code: .lost, program: program, errorNumber: errno)
            }
        }
    }

    private mutating func writeInput() {
        guard inputEnd >= 0 else { return }
        let count = unsafe unwritten.withUnsafeBytes { unsafe write(inputEnd, $0.baseAddress, $0.count) }
        if count >= 0 {
            unwritten = unwritten.dropFirst(count)
        } else if errno != EAGAIN && errno != EINTR {
            // It does not want to read on; how it ends tells whether that is a failure.
            closeInput()
        }
    }

    private mutating func closeInput() {
        Self.close(inputEnd)
        inputEnd = -1
    }

    /// Reads what is there.
    ///
    /// - Returns: the same descriptor, or -1 after the end.
    private static func read(
        _ end: Int32,
        into bytes: inout [UInt8],
        limit: Int,
        program: String
    ) throws(ProgramError) -> Int32 {
        guard end >= 0 else { return end }
        var chunk = [UInt8](repeating: 0, count: 16 * 1_024)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(end, $0.baseAddress, $0.count) }
        if count < 0, errno == EAGAIN || errno == EINTR { return end }
        guard count > 0 else {
            close(end)
            return -1
        }
        guard count <= limit - bytes.count else { throw ProgramError(code: .tooMuchOutput, program: program) }
        bytes += chunk[..<count]
        return end
    }

    private static func close(_ descriptors: Int32...) {
        for descriptor in descriptors where descriptor >= 0 { _ = Glibc.close(descriptor) }
    }
}
