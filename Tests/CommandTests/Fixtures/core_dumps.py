"""Kills iam-broker, and programs that it runs, in the ways that dump a core.

usage: core_dumps.py IAM_BROKER

Runs in a folder where cores may be left. It ends with an error when there is a core that should not be, or when this machine
dumps none of any program.
"""

import os
import resource
import signal
import socket
import subprocess
import sys

IAM_BROKER = sys.argv[1]
# Who runs this may have blocked signals, and what is blocked stays blocked.
signal.pthread_sigmask(signal.SIG_SETMASK, [])
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
# A safeguard, far above what it should take.
signal.alarm(90)
_, hard = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
BODY = b'{"access_token":"eyJ.eyJ.1","token_type":"Bearer","expires_in":3001,"expires_at":9,"profile":"p"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(BODY), BODY)
# Tells whether a program that this one starts, and kills, dumps a core.
PROGRAM = """
import os, signal, sys
child = os.fork()
if child == 0:
    os.kill(os.getpid(), signal.SIGQUIT)
print(os.WCOREDUMP(os.waitpid(child, 0)[1]), flush=True)
sys.stdin.read()
"""

listener = socket.socket(socket.AF_UNIX)
listener.bind("s")
listener.listen()
os.environ["IAM_BROKER_SOCKET"] = os.path.abspath("s")
# The backtracer of Swift would take the signal for itself.
os.environ["SWIFT_BACKTRACE"] = "enable=no"


def has_core(process, number):
    process.send_signal(number)
    _, status = os.waitpid(process.pid, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == number, status
    return os.WCOREDUMP(status)


assert has_core(subprocess.Popen(["sleep", "600"]), signal.SIGQUIT), "this machine dumps no cores: see core(5)"

for arguments in [
    ["token"],
    ["request", "GET", "https://resource-controller.cloud.ibm.com/"],
    ["credential", "kubectl"],
    ["exec", "--", "true"],
    ["exec", "--endpoint", "--", "true"],
]:
    process = subprocess.Popen([IAM_BROKER, *arguments], stdin=subprocess.DEVNULL)
    connection, _ = listener.accept()
    assert connection.recv(65536)
    assert not has_core(process, signal.SIGQUIT), arguments

for options in [[], ["--endpoint"], ["--restart"]]:
    arguments = [IAM_BROKER, "exec", *options, "--", sys.executable, "-c", PROGRAM]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    connection, _ = listener.accept()
    assert connection.recv(65536)
    connection.sendall(ANSWER)
    connection.close()
    assert process.stdout.readline() == b"False\n", options
    # Of iam-broker itself, or of the program in its place.
    assert not has_core(process, signal.SIGSEGV), options
