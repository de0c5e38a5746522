"""Opens connections that ask for a token once and then stay silent, and prints how many bytes of memory each costs the daemon.

usage: idle_connections.py SOCKET PID COUNT
"""

import socket
import sys

path, pid, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
REQUEST = b"GET /v1/token?profile=reports HTTP/1.1\r\nHost: x\r\n\r\n"


def memory():
    """Bytes of its own: what is not mapped from a file."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Anonymous:"):
                return int(line.split()[1]) * 1024
    raise ValueError("no line of anonymous memory")


def ask():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    connection.sendall(REQUEST)
    answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200"), answer[:40]
    return connection


# What the first connections bring along stays.
for connection in [ask() for _ in range(100)]:
    connection.close()
before = memory()
held = [ask() for _ in range(count)]
print((memory() - before) // len(held))
