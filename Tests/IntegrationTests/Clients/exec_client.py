"""What `iam-broker exec --endpoint --service demo` runs: IBM's Python SDK. One line of JSON for each case.

usage: exec_client.py OTHER_ID

OTHER_ID is the ID of a profile that policy grants, and that the endpoint is not for.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

from ibm_cloud_sdk_core import ApiException, get_authenticator_from_environment
from ibm_cloud_sdk_core.authenticators import (
    ContainerAuthenticator,
    IAMAuthenticator,
    VPCInstanceAuthenticator,
)
from joserfc.jws import extract_compact

(OTHER_ID,) = sys.argv[1:]
ENDPOINT = os.environ["IAM_BROKER_ENDPOINT"]


def tell(case, detail):
    print(json.dumps({"case": case, "detail": str(detail)}))


def claims(token):
    return json.loads(extract_compact(token.encode()).payload)


def who(authenticator):
    return claims(authenticator.token_manager.get_token())["iam_id"]


def refusal(authenticator):
    try:
        authenticator.token_manager.get_token()
    except ApiException as error:
        return f"{error.status_code} {error.message}"
    return "it got a token"


def container(**profile):
    file = tempfile.NamedTemporaryFile("w")
    file.write("any")
    file.flush()
    container.files.append(file)
    return ContainerAuthenticator(cr_token_filename=file.name, url=ENDPOINT, **profile)


container.files = []
environment = get_authenticator_from_environment("demo")
tell("environment", f"{type(environment).__name__} {who(environment)}")
tell("vpc without a profile", who(VPCInstanceAuthenticator(url=ENDPOINT)))
tell("vpc, slash at the end", who(VPCInstanceAuthenticator(url=ENDPOINT + "/")))
tell("vpc, old version", who(VPCInstanceAuthenticator(url=ENDPOINT, service_version="2022-03-01")))
tell("container", who(container(iam_profile_name="reports")))
tell("iam", who(IAMAuthenticator("reports", url=ENDPOINT)))
tell("vpc, another profile", refusal(VPCInstanceAuthenticator(iam_profile_id=OTHER_ID, url=ENDPOINT)))
tell("container, another profile", refusal(container(iam_profile_name="backups")))
tell("container, another profile's ID", refusal(container(iam_profile_id=OTHER_ID)))
tell("iam, another profile", refusal(IAMAuthenticator("backups", url=ENDPOINT)))

# Another process, which knows the port and nothing else.
port = ENDPOINT.split("/")[2]
stranger = """
import sys, urllib.error, urllib.request
for path in ["/identity/keys", "/", "/" + "A" * 43 + "/identity/keys"]:
    try:
        print(urllib.request.urlopen("http://" + sys.argv[1] + path).status)
    except urllib.error.HTTPError as error:
        print(error.code, error.read())
"""
run = subprocess.run([sys.executable, "-I", "-c", stranger, port], env={}, capture_output=True, text=True, check=True)
tell("a stranger", run.stdout)

tokens = []
while len(tokens) < 3:
    token = environment.token_manager.get_token()
    if token not in tokens:
        tokens.append(token)
ends = [claims(token)["exp"] for token in tokens]
tell("three tokens in order", ends == sorted(set(ends)))
tell("the first has ended", time.time() >= ends[0])
