"""A program that knows no broker: IBM's SDK as it is. Prints one line of JSON for each question of each user.

usage: unaware_client.py UID,... URL PROFILE|/PATH...
A path is one of the metadata service, read with a session token and without any SDK: IBM has none. An empty URL is none: the
SDK takes its own, http://169.254.169.254.
"""

import base64
import json
import os
import sys

import requests
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import VPCInstanceAuthenticator
from ibm_cloud_sdk_core.token_managers.vpc_instance_token_manager import VPCInstanceTokenManager


def subject(token):
    """Whose token it is; who signed it is other tests' matter."""
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]


def read(url, path):
    """The status of a metadata resource, and what it is of."""
    base, version = url or VPCInstanceTokenManager.DEFAULT_IMS_ENDPOINT, {"version": "2025-08-26"}
    flavor = {"Metadata-Flavor": "ibm"}
    session = requests.put(base + "/identity/v1/token", params=version, headers=flavor, json={}, timeout=20)
    bearer = {"Authorization": "Bearer " + session.json()["access_token"]}
    answer = requests.get(base + path, params=version, headers=bearer, timeout=20)
    return answer.status_code, answer.json().get("name", "")


def ask(url, profile):
    authenticator = VPCInstanceAuthenticator(iam_profile_name=profile, url=url or None)
    try:
        return 200, subject(authenticator.token_manager.get_token())
    except ApiException as error:
        return error.status_code, error.message
    except requests.ConnectionError as error:
        return None, str(error)


def run(uid, url, questions):
    """In a process of its own, because a user once left does not come back."""
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    for question in questions:
        status, text = (read if question.startswith("/") else ask)(url, question)
        print(json.dumps({"status": status, "text": text}), flush=True)
    os._exit(0)


for user in sys.argv[1].split(","):
    if not run(int(user), sys.argv[2], sys.argv[3:]):
        sys.exit(f"the client of user {user} failed")
