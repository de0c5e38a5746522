"""What iam-broker exec --endpoint runs: clients that do what clients should not. Prints one line for each case.

usage: endpoint_client.py [users]

users: comes as other users, which only root can.
"""

import http.client
import os
import re
import socket
import sys
import urllib.parse

URL = urllib.parse.urlsplit(os.environ["IAM_BROKER_ENDPOINT"])
KEYS = URL.path + "/identity/keys"
TOKEN = URL.path + "/identity/token"


def tell(case, *values):
    print(case, *values, sep=": ", flush=True)


def ask(case, method, path, body=None, **headers):
    connection = http.client.HTTPConnection(URL.hostname, URL.port, timeout=30)
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, fields)
    answer = connection.getresponse()
    tell(case, answer.status, answer.headers.get("Retry-After"), answer.read().decode())


def raw(case, data, count=1):
    """Tells the first lines of as many answers, and whether the connection was closed after them."""
    with socket.create_connection((URL.hostname, URL.port), timeout=30) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
            if count and received.count(b"HTTP/1.1 ") == count and received.endswith((b"seen\n", b"\r\n\r\n")):
                break
        lines = re.findall("HTTP/1.1 [^\r]*", received.decode())
        tell(case, lines, "closed" if not chunk else "open")


def leaves(case, data):
    """Tells the fields of the last answer before the endpoint closed the connection."""
    with socket.create_connection((URL.hostname, URL.port), timeout=10) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        tell(case, received.split(b"\r\n")[0].decode(), "Connection: close" in received.decode())


def crowd():
    """Fills all places with connections that do not show the secret, beside one that has."""
    known = http.client.HTTPConnection(URL.hostname, URL.port, timeout=30)

    def ask_again():
        known.request("GET", URL.path + "/other")
        answer = known.getresponse()
        answer.read()
        return answer.status

    known.auto_open = True
    first = ask_again()
    known.auto_open = False
    silent = [socket.create_connection((URL.hostname, URL.port), timeout=30) for _ in range(64)]
    ask("newcomer", "GET", KEYS)
    tell("crowd", first, ask_again())
    for connection in silent:
        connection.close()


def another_user(case, user):
    """Tells what comes back to a process of this user that knows the secret."""
    child = os.fork()
    if child != 0:
        os.waitpid(child, 0)
        return
    os.setuid(user)
    try:
        with socket.create_connection((URL.hostname, URL.port), timeout=30) as connection:
            connection.sendall(request(KEYS))
            tell(case, connection.recv(65536)[:15])
    except (BrokenPipeError, ConnectionResetError):
        tell(case, b"")
    os._exit(0)


def request(path, *fields):
    return "\r\n".join([f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{URL.port}", *fields, "", ""]).encode()


if sys.argv[1:] == ["users"]:
    another_user("same user", os.getuid())
    another_user("another user", 65534)
    sys.exit()

ask("keys", "GET", KEYS, Origin="http://evil.example", Connection="close")
ask("form", "POST", TOKEN, "a=b", Content_Type="application/x-www-form-urlencoded")
ask("largest body", "POST", TOKEN, "x" * 16384)
ask("large body", "POST", TOKEN, "x" * 16385)
ask("chunked body", "POST", TOKEN, iter([b"x" * 10000] * 2))
ask("large head", "GET", KEYS, X="x" * 8192)
ask("other host", "GET", KEYS, Host="evil.example")
ask("other path", "GET", URL.path + "/v1/token")
ask("stranger", "GET", "/identity/keys")
ask("method", "DELETE", KEYS)
leaves("stranger leaves", request("/identity/keys"))
crowd()
raw("two in a row", request(KEYS) + request(KEYS), 2)
raw("no HTTP", b"\x00\x01\r\n\r\n", 0)
raw("both lengths", request(TOKEN, "Content-Length: 1", "Transfer-Encoding: chunked"), 0)
raw("silence", b"", 0)
raw("half a head", f"GET {KEYS} HTTP/1.1\r\n".encode(), 0)
