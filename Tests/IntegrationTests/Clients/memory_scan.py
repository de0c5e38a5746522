"""Looks for a secret in the memory of a process.

usage: memory_scan.py PID < SECRET

Prints how often pieces of the secret are found, and where. A piece is enough: an overwritten beginning hides nothing.
"""

import os
import sys

pid = int(sys.argv[1])
secret = sys.stdin.buffer.read().strip()
signature = secret.rpartition(b".")[2]
middle = len(signature) // 2
pieces = [signature[8:48], signature[middle : middle + 40], signature[-48:-8]]
assert all(len(piece) == 40 for piece in pieces), "the secret is too short"
found = []
descriptor = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
with open(f"/proc/{pid}/maps") as maps:
    for line in maps:
        bounds, rights, *rest = line.split()
        name = rest[3] if len(rest) > 3 else "anonymous"
        if "r" not in rights or name in ("[vvar]", "[vsyscall]"):
            continue
        start, end = (int(bound, 16) for bound in bounds.split("-"))
        # With an overlap, so that no piece lies between two reads.
        position, tail = start, b""
        while position < end:
            try:
                chunk = os.pread(descriptor, min(end - position, 1 << 24), position)
            except OSError:
                break
            if not chunk:
                break
            found += [name for piece in pieces for _ in range((tail + chunk).count(piece))]
            position, tail = position + len(chunk), chunk[-39:]
print(len(found), *sorted(set(found)))
