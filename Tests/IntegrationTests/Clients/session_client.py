"""Gets a session and asks for a token of each profile; prints one status a line. Needs nothing but Python.

usage: session_client.py URL PROFILE...
"""

import json
import sys
import urllib.error
import urllib.request

VERSION = "?version=2025-08-26"


def ask(method, path, fields, body=None):
    request = urllib.request.Request(sys.argv[1] + path + VERSION, body, fields, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, {}


status, session = ask("PUT", "/identity/v1/token", {"Metadata-Flavor": "ibm"})
for name in sys.argv[2:]:
    if status == 200:
        bearer = {"Authorization": "Bearer " + session["access_token"], "Content-Type": "application/json"}
        body = json.dumps({"trusted_profile": {"name": name}}).encode()
        print(ask("POST", "/identity/v1/iam_tokens", bearer, body)[0])
    else:
        print(status)
