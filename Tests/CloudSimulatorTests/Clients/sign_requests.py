"""Requests of S3 that botocore signs, which knows nothing of the code under test.

Prints a JSON object of requests by name, each with method, target, fields and body. Chunks, which botocore does not sign,
are signed here by AWS's description of them.
"""
import datetime, hashlib, hmac, json, sys
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# The built-in pair and the hour of the tests.
SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
PAIR = Credentials("0123456789abcdef0123456789abcdef", SECRET)
NOW = datetime.datetime(2026, 9, 1, 10, 0, 0, tzinfo=datetime.timezone.utc)
STAMP, SCOPE, EMPTY = "20260901T100000Z", "20260901/us-south/s3/aws4_request", hashlib.sha256(b"").hexdigest()
botocore.auth.get_current_datetime = lambda: NOW
HOST = "cos.example.com:8170"


class WithPayloadWord(botocore.auth.S3SigV4Auth):
    """Signs with a word in place of the hash of the body."""

    def __init__(self, word):
        super().__init__(PAIR, "s3", "us-south")
        self.word = word

    def payload(self, request):
        return self.word


def signed(method, target, fields=(), body="", word=None, auth=None):
    request = AWSRequest(method=method, url=f"http://{HOST}{target}", data=body.encode())
    request.headers["Host"] = HOST
    for name, value in fields:
        request.headers.add_header(name, value)
    if not auth:
        auth = WithPayloadWord(word) if word else botocore.auth.S3SigV4Auth(PAIR, "s3", "us-south")
    auth.add_auth(request)
    parts = urlsplit(request.url)
    return {"method": method, "target": parts.path + (f"?{parts.query}" if parts.query else ""),
            "fields": [list(field) for field in request.headers.items()], "body": body}


def presigned(method, target, body="", fields=()):
    auth = botocore.auth.S3SigV4QueryAuth(PAIR, "s3", "us-south", expires=60)
    return signed(method, target, fields=fields, auth=auth) | {"body": body}


def signature_of(*lines):
    key = f"AWS4{SECRET}".encode()
    for step in SCOPE.split("/"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def chunked(pieces, word, trailer=None):
    is_signed = word.startswith("STREAMING-AWS4")
    fields = [("Content-Encoding", "aws-chunked"), ("X-Amz-Decoded-Content-Length", str(sum(map(len, pieces))))]
    if trailer:
        fields.append(("X-Amz-Trailer", trailer.split(":")[0]))
    request = signed("PUT", "/broker-reports/chunks", fields, "", word)
    previous = dict(request["fields"])["Authorization"].rpartition("Signature=")[2]
    body = ""
    for piece in pieces + [""]:
        if is_signed:
            digest = hashlib.sha256(piece.encode()).hexdigest()
            previous = signature_of("AWS4-HMAC-SHA256-PAYLOAD", STAMP, SCOPE, previous, EMPTY, digest)
        body += f"{len(piece):x}" + (f";chunk-signature={previous}" if is_signed else "") + "\r\n"
        body += piece + "\r\n" if piece else ""
    if trailer:
        body += trailer + "\r\n"
        if is_signed:
            digest = hashlib.sha256(f"{trailer}\n".encode()).hexdigest()
            body += "x-amz-trailer-signature:" + signature_of("AWS4-HMAC-SHA256-TRAILER", STAMP, SCOPE, previous, digest)
            body += "\r\n"
    request["body"] = body + "\r\n"
    return request


PUT_FIELDS = [("X-Amz-Meta-Note", "  two   words  "), ("X-Amz-Meta-List", "b"), ("X-Amz-Meta-List", "a"),
              ("Content-Type", "text/plain")]
PIECES = ["a" * 2000, "b" * 1000, "end"]
json.dump({
    "list of buckets": signed("GET", "/"),
    "put": signed("PUT", "/broker-reports/folder/report.txt", PUT_FIELDS, "the report"),
    "get of nothing": signed("GET", "/broker-reports/nothing"),
    "put with an unsigned body": signed("PUT", "/broker-reports/x", (), "anything", "UNSIGNED-PAYLOAD"),
    "put with a difficult key": signed("PUT", "/broker-reports//a%20b%2Bc/./../%C3%A9~%25-_.%3D%26", (), "x"),
    "list with sorted parameters": signed(
        "GET", "/broker-reports?prefix=a%2Fb&max-keys=2&list-type=2&delimiter=%2F&encoding-type=url&start-after="),
    "presigned get": presigned("GET", "/broker-reports/nothing"),
    "presigned put": presigned("PUT", "/broker-reports/presigned?x-id=PutObject", "through a URL",
                               [("X-Amz-Meta-Note", "signed, too")]),
    "unsigned chunks": chunked(PIECES, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-checksum-crc32:AAAAAA=="),
    "signed chunks": chunked(PIECES, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
    "signed chunks and trailer": chunked(PIECES, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
                                         "x-amz-checksum-crc32:AAAAAA=="),
}, sys.stdout)
