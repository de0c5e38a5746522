"""Drives iam-broker exec with real signals, terminals and shells.

usage: supervised_exec.py CASE IAM_BROKER

The broker is at IAM_BROKER_SOCKET. It ends with an error when something is not as it should be.
"""

import contextlib
import os
import pty
import resource
import select
import shlex
import signal
import subprocess
import sys

CASE, IAM_BROKER = sys.argv[1:]
# A safeguard, far above what it should take.
signal.alarm(150)
ALL = ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "WINCH"]
# Counts signals, and ends with 5 when it is told to. STOP: it stops itself in its own way when it is asked to. HOLD: when there is nothing
# more to read it waits for a signal. It waits for input and signals at once: Python tells a signal that comes just before a blocking read
# only after that read.
PROGRAM = """
import os, select, signal, sys
counts = {}
def got(number, frame):
    name = signal.Signals(number).name[3:]
    counts[name] = counts.get(name, 0) + 1
    os.write(1, f"got {name} {counts[name]}\\n".encode())
reader, writer = os.pipe()
os.set_blocking(reader, False)
os.set_blocking(writer, False)
signal.set_wakeup_fd(writer)
for name in sys.argv[1:]:
    if name == "STOP":
        signal.signal(signal.SIGTSTP, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
    elif name != "HOLD":
        signal.signal(getattr(signal, "SIG" + name), got)
os.write(1, f"ready {os.getpid()} {os.getppid()}\\n".encode())
def lines():
    text = b""
    while True:
        readable, _, _ = select.select([0, reader], [], [])
        if reader in readable:
            os.read(reader, 4096)
        if 0 in readable:
            chunk = os.read(0, 4096)
            if not chunk:
                return
            *whole, text = (text + chunk).decode().split("\\n")
            text = text.encode()
            yield from whole
try:
    for line in lines():
        os.write(1, f"heard {line}\\n".encode())
        if line == "end":
            sys.exit(5)
except OSError:
    if "HOLD" not in sys.argv:
        raise
if "HOLD" in sys.argv:
    signal.pause()
"""


def command(*signals, options=("--endpoint",)):
    return [IAM_BROKER, "exec", *options, "--", sys.executable, "-c", PROGRAM, *signals]


class Output:
    """What a process writes, as it comes."""

    def __init__(self, descriptor):
        self.descriptor, self.text = descriptor, ""

    def wait(self, sign):
        """Returns what was written up to and with `sign`, and forgets it."""
        while sign not in self.text:
            # A safeguard, far above what it should take.
            readable, _, _ = select.select([self.descriptor], [], [], 30)
            assert readable, f"no {sign!r} in {self.text!r}"
            chunk = os.read(self.descriptor, 65536)
            assert chunk, f"no {sign!r} in {self.text!r}, and no more comes"
            self.text += chunk.decode()
        found, _, self.text = self.text.partition(sign)
        return found + sign


def wait_for_end(descriptor):
    """Returns when all who hold the other end of the pipe are gone."""
    readable, _, _ = select.select([descriptor], [], [], 30)
    assert readable, "somebody still holds the pipe"
    assert os.read(descriptor, 1) == b""


@contextlib.contextmanager
def running(*signals, **more):
    process = subprocess.Popen(command(*signals), stdin=subprocess.PIPE, stdout=subprocess.PIPE, **more)
    try:
        yield process, Output(process.stdout.fileno())
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def terminal(arguments):
    """A process that leads a session with a terminal of its own."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.execv(arguments[0], arguments)
    try:
        yield pid, descriptor, Output(descriptor)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def send(process, *names):
    for name in names:
        process.send_signal(getattr(signal, "SIG" + name))


def end(process):
    process.stdin.write(b"end\n")
    process.stdin.flush()
    assert process.wait(30) == 5, process.returncode


def state(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0]


def ids(output):
    line = output.wait("\n").split()
    return int(line[0]), int(line[1])


def signals_pass():
    with running(*ALL) as (process, output):
        output.wait("ready ")
        for name in ALL:
            send(process, name)
            output.wait(f"got {name} 1\n")
        end(process)


def ignored_signals_stay_ignored():
    ignore = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with running("USR1", preexec_fn=ignore) as (process, output):
        output.wait("ready ")
        send(process, "HUP", "USR1")
        output.wait("got USR1 1\n")
        end(process)


def signals_kill():
    for name in ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2"]:
        with running() as (process, output):
            output.wait("ready ")
            send(process, name)
            assert process.wait(30) == 128 + getattr(signal, "SIG" + name), process.returncode


def stop_and_continue():
    with running() as (process, output):
        output.wait("ready ")
        program, keeper = ids(output)
        assert keeper == process.pid
        send(process, "TSTP")
        # Returns when it stops.
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), status
        assert state(program) == "T", state(program)
        send(process, "CONT")
        end(process)


def stop_after_the_program():
    with running() as (process, output):
        output.wait("ready ")
        program, _ = ids(output)
        for _ in range(2):
            # It stops before its keeper is asked to.
            os.kill(program, signal.SIGSTOP)
            while state(program) != "T":
                os.sched_yield()
            send(process, "TSTP")
            _, status = os.waitpid(process.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status), status
            send(process, "CONT")
            process.stdin.write(b"hello\n")
            process.stdin.flush()
            output.wait("heard hello\n")
        end(process)


def stop_of_the_program_alone():
    with running("USR1") as (process, output):
        output.wait("ready ")
        program, _ = ids(output)
        os.kill(program, signal.SIGSTOP)
        os.kill(program, signal.SIGCONT)
        send(process, "USR1")
        output.wait("got USR1 1\n")
        end(process)


def interrupt_key():
    with terminal(command("INT", "USR1", "WINCH")) as (pid, descriptor, output):
        output.wait("ready ")
        os.write(descriptor, b"\x03")
        output.wait("got INT 1\r\n")
        # They are looked at in the order in which they came: what follows proves that the first was not sent on.
        os.kill(pid, signal.SIGUSR1)
        output.wait("got USR1 1\r\n")
        os.write(descriptor, b"\x03")
        output.wait("got INT 2\r\n")
        os.write(descriptor, b"end\n")
        output.wait("heard end\r\n")
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 5


def lost_terminal():
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    with terminal(command("HOLD")) as (pid, descriptor, output):
        os.close(writer)
        output.wait("ready ")
        os.close(descriptor)
        # The program holds it, as a file that it inherits.
        wait_for_end(reader)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP, status


def shell_jobs(*signals, rounds=1):
    with terminal(["/bin/bash", "--norc", "--noprofile", "-i"]) as (_, descriptor, output):
        words = shlex.join(command("USR1", *signals))
        script = os.path.join(os.environ["FOLDER"], "job")
        with open(script, "w") as file:
            file.write(f"exec {words}\n")
        os.write(descriptor, f"bash {script}; echo code $?\n".encode())
        output.wait("\nready ")
        program, keeper = ids(output)
        for number in range(1, rounds + 1):
            os.write(descriptor, b"\x1a")
            output.wait("Stopped")
            assert (state(program), state(keeper)) == ("T", "T")
            os.write(descriptor, b"fg\n")
            os.write(descriptor, b"hello\n")
            # It has the terminal again: it can read.
            output.wait("heard hello")
            # The keeper has looked at the continuation, too: signals are looked at in the order in which they came.
            os.kill(keeper, signal.SIGUSR1)
            output.wait(f"got USR1 {number}\r\n")
        os.write(descriptor, b"end\n")
        output.wait("heard end")


def shell_jobs_that_stop_themselves():
    # Who stops first is a matter of luck.
    shell_jobs("STOP", rounds=20)


def told_after_an_interrupt():
    options = ("--signal", "USR1", "--every", "1")
    process = subprocess.Popen(command("INT", "USR1", options=options), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    output = Output(process.stdout.fileno())
    output.wait("ready ")
    send(process, "INT")
    output.wait("got INT 1\n")
    output.wait("got USR1 1\n")
    end(process)


def killed_keeper():
    reader, writer = os.pipe()
    with running(*ALL, pass_fds=[writer]) as (process, output):
        os.close(writer)
        output.wait("ready ")
        process.kill()
        process.wait()
        wait_for_end(reader)


SHOW_FILES = "import os; print([d for d in range(9999) if os.path.exists(f'/proc/self/fd/{d}')])"


def inherited_files():
    reader, writer = os.pipe()
    arguments = [IAM_BROKER, "exec", "--endpoint", "--", sys.executable, "-c", SHOW_FILES]
    run = subprocess.run(arguments, pass_fds=[writer], stdout=subprocess.PIPE, timeout=30)
    assert run.stdout.decode() == f"[0, 1, 2, {writer}]\n", run.stdout


def many_inherited_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    reader, _ = os.pipe()
    files = [os.dup(reader) for _ in range(3000)]
    for options in [[], ["--endpoint"], ["--restart"]]:
        arguments = [IAM_BROKER, "exec", *options, "--", sys.executable, "-c", SHOW_FILES]
        run = subprocess.run(arguments, pass_fds=files, stdout=subprocess.PIPE, timeout=60)
        assert run.stdout.decode() == f"{[0, 1, 2, *files]}\n", (options, run.stdout)


def refused_renewal():
    for options in [("--restart", "--every", "1"), ("--signal", "USR1", "--every", "1")]:
        arguments = command(options=options)
        process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        Output(process.stdout.fileno()).wait("ready ")
        Output(process.stderr.fileno()).wait("warning: no renewed token, and the program goes on: policy says no\n")
        end(process)


globals()[CASE]()
