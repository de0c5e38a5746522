import Glibc
import Testing
import WorkloadAttestation

/// A process that connects to a socket of the test and does what it is told.
///
/// It starts as perl, which is on every Debian: nothing in Swift can fork.
final class Peer: Sendable {
    let process: ChildProcess
    /// The accepted end of its connection.
    let connection: CInt

    /// Reads byte by byte, so that a program that it becomes finds the next line.
    private static let script = """
        # A file that was just written may be held for a moment by a process that another test starts.
        sub become {
            my $path = shift;
            for (1 .. 2000) { exec { $path } $path; $!{ETXTBSY} or die; select(undef, undef, undef, 0.005) }
            die;
        }
        use Socket; use Fcntl; use Errno; $| = 1;
        socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un($ARGV[0])) or die;
        fcntl(S, F_SETFD, 0);
        my $line = "";
        while (sysread(STDIN, my $byte, 1)) {
            if ($byte ne "\\n") { $line .= $byte; next }
            if ($line =~ /^exec (.*)/) { become(pack("H*", $1)) }
            if ($line eq "fork and exit") { exit 0 if fork; syswrite(STDOUT, "forked\\n") }
            if ($line eq "fork and exec") {
                if (!fork) { exec { "/bin/cat" } "/bin/cat" or die }
                close(STDIN); sleep 1 while 1;
            }
            $line = "";
        }
        """

    /// `before` are words before the command, such as `setpriv` and its options.
    init(before: [String] = [], in folder: TestFolder) throws {
        let listening = try ListeningSocket(in: folder)
        process = try ChildProcess(before + ["/usr/bin/perl", "-e", Self.script, listening.path])
        connection = try listening.accept()
        unlink(listening.path)
    }

    deinit { close(connection) }

    /// Becomes another program, one that does what `cat` does.
    func execute(_ path: [UInt8]) throws {
        let digits = path.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        try process.send("exec " + digits.joined())
        try answer()
    }

    func execute(_ path: String) throws { try execute(Array(path.utf8)) }

    /// Waits until the process is `cat`, which sends back what it gets.
    func answer() throws {
        try process.send("here")
        try #require(try process.line() == "here")
    }

    /// Leaves the connection to a child and ends.
    func leaveTheSocketToAChild() throws {
        try process.send("fork and exit")
        try #require(try process.line() == "forked")
        process.waitForEnd()
    }
}
