"""Holds the daemon against docs/openapi.yaml with schemathesis.

Arguments: the description, the socket, the tags of what is served there, and then options of schemathesis.
Schemathesis knows no Unix sockets, so a port of this machine leads to the one that is named.
"""

import os
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading

DESCRIPTION, SOCKET, TAGS, *OPTIONS = sys.argv[1:]


class Forwarder(socketserver.BaseRequestHandler):
    """One connection, byte by byte, both ways."""

    def handle(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            server.connect(SOCKET)
            back = threading.Thread(target=self.copy, args=(server, self.request))
            back.start()
            self.copy(self.request, server)
            back.join()

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass  # One of the two has hung up; the other learns it here.
        for end, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
            try:
                end.shutdown(how)
            except OSError:
                pass  # It is closed already.


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


# It keeps what it found beside itself.
with Server(("127.0.0.1", 0), Forwarder) as server, tempfile.TemporaryDirectory() as folder:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tags = [word for tag in TAGS.split(",") for word in ("--include-tag", tag)]
    program = os.path.join(os.path.dirname(sys.executable), "schemathesis")
    run = subprocess.run(
        # What waits for news waits for 50 seconds each time.
        [program, "run", DESCRIPTION, "--url", f"http://127.0.0.1:{server.server_address[1]}", "--exclude-path", "/v1/token/watch",
         *tags, *OPTIONS],
        check=False,
        cwd=folder,
    )
    server.shutdown()
sys.exit(run.returncode)
