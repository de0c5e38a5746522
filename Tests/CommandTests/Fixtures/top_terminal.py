"""Drives iam-broker top in a terminal of its own, and reads its screen as a person would.

usage: top_terminal.py CASE IAM_BROKER

The broker is at IAM_BROKER_ADMIN_SOCKET. It ends with an error when something is not as it should be.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

import pyte

CASE, IAM_BROKER = sys.argv[1:]
# A safeguard, far above what it should take.
signal.alarm(120)


class Terminal:
    """A process that leads a session with a terminal of its own, and what its screen shows."""

    def __init__(self, columns=80, rows=24, shell=False, **environment):
        # pyte knows no second screen, so what comes before and after is told by the bytes.
        self.screen, self.bytes = pyte.Screen(columns, rows), b""
        self.stream = pyte.ByteStream(self.screen)
        words = [IAM_BROKER, "top", "--interval", "0.1"]
        if shell:
            words = ["/bin/sh", "-c", 'echo before; "$0" top --interval 0.1; echo "code $?"', IAM_BROKER]
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            # It starts once the terminal has its size.
            os.read(0, 1)
            os.execve(words[0], words, {"TERM": "xterm", "IAM_BROKER_ADMIN_SOCKET": os.environ["IAM_BROKER_ADMIN_SOCKET"], **environment})
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.descriptor)
        os.write(self.descriptor, b"\n")

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        readable, _, _ = select.select([self.descriptor], [], [], 60)
        assert readable, f"nothing comes; the screen is {self.text}"
        try:
            chunk = os.read(self.descriptor, 65536)
        except OSError:  # The other end is closed: so Linux says it.
            chunk = b""
        self.bytes += chunk
        self.stream.feed(chunk)
        return chunk

    @property
    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait(self, condition):
        while not condition():
            assert self.read(), f"it has ended; the screen is {self.text}"

    def wait_for(self, sign):
        self.wait(lambda: sign in self.text)

    def press(self, keys):
        os.write(self.descriptor, keys)

    def end(self):
        """Reads to the end; gives the exit code, or the negative number of the signal."""
        while self.read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def is_restored(self):
        # The settings of a terminal whose last process has gone are still those that it left.
        now = termios.tcgetattr(self.descriptor)
        leaves = self.bytes.rfind(b"\x1b[?1049l")
        return now[3] == self.before[3] and leaves > self.bytes.rfind(b"\x1b[?1049h") and b"\x1b[?25h" in self.bytes


def check_fit(terminal, columns, rows):
    assert terminal.screen.columns == columns and terminal.screen.lines == rows
    assert terminal.text.split("\n")[0].startswith("iam-broker 9.9.9"), terminal.text


def shows():
    terminal = Terminal()
    terminal.wait_for("LAST DENIALS")
    check_fit(terminal, 80, 24)
    for sign in ["reports", "fresh", "unit reports.service", "READY", "q: quit", "REFUSED", "00c0ffee00c0ffee"]:
        assert sign in terminal.text, terminal.text
    # Nothing wraps: each line begins in the first column, and the first one is on top.
    assert terminal.text.split("\n")[2].startswith("PROFILES"), terminal.text
    assert terminal.bytes.startswith(b"\r\n\x1b[?1049h") or b"\x1b[?1049h" in terminal.bytes
    terminal.press(b"xyz\x1b[A")
    terminal.press(b"q")
    assert terminal.end() == 0
    assert terminal.is_restored()


def resizes():
    terminal = Terminal()
    terminal.wait_for("REFUSED")
    for columns, rows in [(40, 12), (132, 40), (20, 5), (80, 24)]:
        terminal.resize(columns, rows)
        wide = columns >= 80
        terminal.wait(lambda: ("REFUSED" in terminal.text) == wide and "PROFILES" in terminal.text)
        check_fit(terminal, columns, rows)
    terminal.press(b"q")
    assert terminal.end() == 0


def signals():
    for number in [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]:
        terminal = Terminal()
        terminal.wait_for("PROFILES")
        os.kill(terminal.pid, number)
        assert terminal.end() == 128 + number, number
        assert terminal.is_restored(), number


def keys():
    terminal = Terminal()
    terminal.wait_for("PROFILES")
    terminal.press(b"\x03")
    assert terminal.end() == 128 + signal.SIGINT
    assert terminal.is_restored()


def stops():
    terminal = Terminal()
    terminal.wait_for("PROFILES")
    os.kill(terminal.pid, signal.SIGTSTP)
    terminal.wait(lambda: terminal.bytes.endswith(b"\x1b[?1049l"))
    _, status = os.waitpid(terminal.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), status
    assert terminal.is_restored()
    seen = len(terminal.bytes)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.wait(lambda: b"\x1b[?1049h" in terminal.bytes[seen:])
    terminal.press(b"q")
    assert terminal.end() == 0
    assert terminal.is_restored()


def colours():
    for environment, has_colours in [({}, True), ({"NO_COLOR": "1"}, False)]:
        terminal = Terminal(**environment)
        terminal.wait_for("LAST DENIALS")
        terminal.press(b"q")
        assert terminal.end() == 0
        assert (b"\x1b[32m" in terminal.bytes) == has_colours
        assert (b"\x1b[1m" in terminal.bytes) == has_colours


def refuses():
    for environment in [{"TERM": "dumb"}, {"TERM": ""}]:
        terminal = Terminal(**environment)
        assert terminal.end() == 64
        assert b"iam-broker top --once" in terminal.bytes
        assert b"\x1b" not in terminal.bytes


def loses_the_daemon():
    """The socket answers no more after some questions: the picture stays, and says that it is old."""
    terminal = Terminal()
    terminal.wait_for("NO ANSWER, what is below is older")
    assert "PROFILES" in terminal.text, terminal.text
    terminal.press(b"q")
    assert terminal.end() == 0
    assert terminal.is_restored()


globals()[CASE]()
