"""Asks for a credential as systemd does: from an abstract address that names unit and credential.

unit_credential.py SOCKET UNIT CREDENTIAL; prints the length of the answer and its SHA-256.
"""
import hashlib, secrets, socket, sys

path, unit, credential = sys.argv[1:]
with socket.socket(socket.AF_UNIX) as connection:
    connection.bind(f"\0{secrets.token_hex(8)}/unit/{unit}/{credential}")
    connection.settimeout(20)
    connection.connect(path)
    connection.shutdown(socket.SHUT_WR)
    answer = b""
    while chunk := connection.recv(65536):
        answer += chunk
print(len(answer), hashlib.sha256(answer).hexdigest())
