"""Stops one thread of a process and no other (ptrace(2)), until a signal ends it: the kernel lets the thread go then.

usage: stop_thread.py PID NAME, where NAME begins the thread's name. Says "stopped" when it is.
"""

import ctypes
import os
import signal
import sys

SEIZE, INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def call(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def main(process, name):
    for thread in sorted(map(int, os.listdir(f"/proc/{process}/task"))):
        with open(f"/proc/{process}/task/{thread}/comm", encoding="utf-8") as file:
            if not file.read().startswith(name):
                continue
        call(SEIZE, thread)
        call(INTERRUPT, thread)
        os.waitpid(thread, WALL)
        print("stopped", flush=True)
        signal.pause()
    print("no such thread", flush=True)
    return 1


sys.exit(main(int(sys.argv[1]), sys.argv[2]))
