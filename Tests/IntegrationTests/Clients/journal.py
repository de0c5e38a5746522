"""Stands in journald's place and prints what it gets.

usage: journal.py SOCKET

SOCKET is a path. Prints `listening on SOCKET`, and then one line of JSON for each entry: its fields with a list of values each, and
under `sealed` whether it came in a sealed file.
"""

import array
import fcntl
import json
import os
import socket
import sys

F_GET_SEALS, ALL_SEALS = 1034, 15

place = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
place.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
print(f"listening on {sys.argv[1]}", flush=True)


def fields(entry):
    found = {}
    while entry:
        line, _, rest = entry.partition(b"\n")
        name, sign, value = line.partition(b"=")
        if sign:
            entry = rest
        else:
            length = int.from_bytes(rest[:8], "little")
            value, entry = rest[8:8 + length], rest[8 + length + 1:]
        found.setdefault(name.decode(), []).append(value.decode())
    return found


while True:
    entry, control, _, _ = place.recvmsg(1 << 22, socket.CMSG_SPACE(4))
    files = array.array("i")
    for level, kind, data in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            files.frombytes(data)
    sealed = False
    for descriptor in files:
        sealed = fcntl.fcntl(descriptor, F_GET_SEALS) & ALL_SEALS == ALL_SEALS
        with os.fdopen(descriptor, "rb") as file:
            file.seek(0)
            entry = file.read()
    print(json.dumps({"sealed": sealed, **fields(entry)}), flush=True)
