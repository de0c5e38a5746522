"""A peer in a network namespace: stays there, serves, or asks once.

serve UID ANSWER ADDRESS:PORT...  answers TCP connections and datagrams with "ANSWER from PEER"; says "ready" when it can,
                                  and stays until standard input ends. After a request "close" it closes last, and says
                                  whether that was acknowledged
ask UID KIND ADDRESS:PORT         asks as that user, and prints the answer or the name of the error
KIND: tcp; mapped (from an IPv6 socket); udp; icmp; held (connects, says "connected", and asks after a line on standard
input); close (sends the request "close", and closes first)
"""

import errno
import os
import selectors
import socket
import struct
import sys
import time

SILENCE = 5  # seconds after which nothing came
IP_RECVERR = 11


def endpoint(text):
    address, port = text.rsplit(":", 1)
    return address, int(port)


def serve(answer, endpoints):
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    for place in endpoints:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            server = socket.socket(socket.AF_INET, kind)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(place)
            if kind == socket.SOCK_STREAM:
                server.listen()
            selector.register(server, selectors.EVENT_READ, kind)
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                if not os.read(0, 4096):
                    return
            elif key.data == socket.SOCK_STREAM:
                connection, peer = key.fileobj.accept()
                selector.register(connection, selectors.EVENT_READ, peer)
            elif key.data == socket.SOCK_DGRAM:
                _, peer = key.fileobj.recvfrom(4096)
                key.fileobj.sendto(f"{answer} from {peer[0]}".encode(), peer)
            else:
                selector.unregister(key.fileobj)
                with key.fileobj as connection:
                    reply(connection, f"{answer} from {key.data[0]}")


def reply(connection, answer):
    try:
        request = connection.recv(4096)
        if request == b"close":
            close_last(connection)
        elif request:
            connection.sendall(answer.encode())
    except OSError:
        pass  # the peer went away: it knows


def close_last(connection):
    while connection.recv(4096):
        pass
    # Closing waits until its FIN is acknowledged.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, SILENCE))
    start = time.monotonic()
    connection.close()
    print("acknowledged" if time.monotonic() - start < SILENCE - 1 else "silence", flush=True)


def stream(family, place):
    client = socket.socket(family, socket.SOCK_STREAM)
    client.settimeout(SILENCE)
    client.connect(place)
    return client


def finish(client):
    """Asks on an open connection, and reads to its end."""
    client.sendall(b"?")
    answer = b""
    while chunk := client.recv(4096):
        answer += chunk
    return answer.decode()


def datagram(place):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(SILENCE)
    client.connect(place)
    client.send(b"?")
    return client.recv(4096).decode()


def echo(address):
    client = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    client.settimeout(SILENCE)
    client.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)  # errors of the network are errors of the socket
    client.connect((address, 0))
    request = struct.pack("!BBHHH", 8, 0, 0xF7FF - 1, 0, 1)
    client.send(request)
    while (packet := client.recv(4096))[20] != 0:  # 0: echo reply
        pass
    return "echo reply"


def ask(kind, place):
    if kind == "held":
        client = stream(socket.AF_INET, place)
        print("connected", flush=True)
        sys.stdin.readline()
        return finish(client)
    if kind == "tcp":
        return finish(stream(socket.AF_INET, place))
    if kind == "mapped":
        return finish(stream(socket.AF_INET6, ("::ffff:" + place[0], place[1])))
    if kind == "close":
        with stream(socket.AF_INET, place) as client:
            client.sendall(b"close")
        return "closed"
    if kind == "udp":
        return datagram(place)
    return echo(place[0])


def become(uid):
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def main(role, uid, *arguments):
    become(int(uid))
    if role == "serve":
        serve(arguments[0], [endpoint(text) for text in arguments[1:]])
        return
    try:
        print(ask(arguments[0], endpoint(arguments[1])))
    except OSError as error:
        print(errno.errorcode[error.errno] if error.errno else "silence")


main(*sys.argv[1:])
