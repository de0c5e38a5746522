"""Runs IBM's own SDKs, as they are, against the emulation. One line of JSON for each case.

usage: sdk_matrix.py EMULATION CRN CLOUD ADMIN

CLOUD is the URL of the simulated cloud behind the broker, which the clients of services also talk to; ADMIN is the
broker's admin socket.
"""

import concurrent.futures
import contextlib
import http.client
import importlib.metadata
import json
import os
import socket
import sys
import tempfile
import urllib.request

import ibm_boto3
from ibm_botocore.client import Config
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import (
    ContainerAuthenticator,
    IAMAuthenticator,
    VPCInstanceAuthenticator,
)
from ibm_platform_services import IamIdentityV1
from ibm_secrets_manager_sdk.secrets_manager_v2 import SecretsManagerV2
from ibm_vpc import VpcV1
from joserfc import jwt
from joserfc.jwk import KeySet

EMULATION, CRN, CLOUD, ADMIN = sys.argv[1:]
ACCOUNT = CRN.split(":")[6].removeprefix("a/")
ID = CRN.rsplit(":", 1)[1]
VERSIONS = ["2022-03-01", "2025-08-26"]
failures = 0


def keys():
    with urllib.request.urlopen(EMULATION + "/identity/keys") as answer:
        return KeySet.import_key_set(json.load(answer))


def claims(token):
    """The claims of a token that IAM signed."""
    return jwt.decode(token, keys(), algorithms=["RS256"]).claims


def case(client, name, body, expected=None):
    global failures
    try:
        result, detail = True, body()
        if expected is not None:
            result, detail = False, "it should have failed"
    except Exception as error:  # whatever an SDK raises is the result of the case
        text = f"{type(error).__name__}: {error}"
        result, detail = expected is not None and expected in text, text
    failures += not result
    line = {
        "client": client,
        "version": importlib.metadata.version(client),
        "case": name,
        "result": "ok" if result else "FAILED",
        "detail": str(detail),
    }
    print(json.dumps(line), flush=True)


def token(authenticator, profile=ID):
    found = claims(authenticator.token_manager.get_token())
    assert found["sub"] == profile, found["sub"]
    return found["sub"]


CORE = "ibm-cloud-sdk-core"

for version in VERSIONS:
    for slash in ["", "/"]:
        for choice in [{}, {"iam_profile_id": ID}, {"iam_profile_crn": CRN}, {"iam_profile_name": "reports"}]:
            name = f"vpc, {next(iter(choice), 'default profile')}, {version}{', URL ends with /' if slash else ''}"
            case(
                CORE,
                name,
                lambda: token(
                    VPCInstanceAuthenticator(url=EMULATION + slash, service_version=version, **choice)
                ),
            )

with tempfile.NamedTemporaryFile("w") as file:
    file.write("not-a-secret\n")
    file.flush()
    for choice in [{"iam_profile_id": ID}, {"iam_profile_name": "reports"}]:
        case(
            CORE,
            f"container, {next(iter(choice))}",
            lambda: token(ContainerAuthenticator(cr_token_filename=file.name, url=EMULATION, **choice)),
        )

for key in ["reports", ID, CRN]:
    case(CORE, f"iam, apikey={key[:12]}", lambda: token(IAMAuthenticator(key, url=EMULATION)))

case(
    CORE,
    "vpc, a profile that is not granted",
    lambda: token(VPCInstanceAuthenticator(url=EMULATION, iam_profile_name="locked")),
    "profile locked is not for this process",
)
case(
    CORE,
    "vpc, a profile that nobody knows",
    lambda: token(VPCInstanceAuthenticator(url=EMULATION, iam_profile_id="Profile-00000000-0000-0000-0000-000000000000")),
    "the broker has no such profile",
)
case(
    CORE,
    "iam, an API key that is one",
    lambda: token(IAMAuthenticator("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH", url=EMULATION)),
    "Provided API key could not be found",
)
case(
    CORE,
    "iam, a scope",
    lambda: token(IAMAuthenticator("reports", url=EMULATION, scope="one-service")),
    "cannot limit a token to a scope",
)


def threads(make):
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        found = set(pool.map(lambda _: claims(make().token_manager.get_token())["jti"], range(50)))
    return f"50 threads, {len(found)} token"


shared = VPCInstanceAuthenticator(url=EMULATION)
case(CORE, "vpc, 50 threads on one authenticator", lambda: threads(lambda: shared))
case(
    CORE,
    "vpc, 50 threads with one each",
    lambda: threads(lambda: VPCInstanceAuthenticator(url=EMULATION)),
)

vpc = VPCInstanceAuthenticator(url=EMULATION, iam_profile_id=ID)



def names(items, key="name"):
    found = [item[key] for item in items]
    assert found, "the list is empty"
    return ", ".join(found)


def of_environment():
    settings = {"VPC_AUTH_TYPE": "vpc", "VPC_AUTH_URL": EMULATION, "VPC_IAM_PROFILE_ID": ID, "VPC_URL": CLOUD + "/v1"}
    os.environ.update(settings | {"VPC_VPC_IMS_VERSION": "2025-08-26"})
    return names(VpcV1.new_instance(version="2026-06-23").list_instances().get_result()["instances"])


def of_file():
    with tempfile.NamedTemporaryFile("w", suffix=".env") as file:
        file.write(f"SECRETS_MANAGER_AUTH_TYPE=vpc\nSECRETS_MANAGER_AUTH_URL={EMULATION}\n")
        file.write(f"SECRETS_MANAGER_IAM_PROFILE_CRN={CRN}\nSECRETS_MANAGER_URL={CLOUD}\n")
        file.flush()
        os.environ["IBM_CREDENTIALS_FILE"] = file.name
        try:
            return names(SecretsManagerV2.new_instance().list_secrets().get_result()["secrets"])
        finally:
            del os.environ["IBM_CREDENTIALS_FILE"]


def instances(authenticator=vpc):
    client = VpcV1(version="2026-06-23", authenticator=authenticator)
    client.set_service_url(CLOUD + "/v1")
    return names(client.list_instances().get_result()["instances"])


def api_keys():
    client = IamIdentityV1(authenticator=vpc)
    client.set_service_url(CLOUD)
    return names(client.list_api_keys(account_id=ACCOUNT, scope="account").get_result()["apikeys"])


def buckets():
    client = ibm_boto3.client(
        "s3",
        ibm_api_key_id="reports",
        ibm_auth_endpoint=EMULATION + "/identity/token",
        ibm_service_instance_id="none",
        endpoint_url=CLOUD,
        config=Config(signature_version="oauth"),
    )
    return names(client.list_buckets()["Buckets"], "Name")


case("ibm-vpc", "list_instances", instances)
case("ibm-vpc", "list_instances, settings of the environment", of_environment)
case("ibm-platform-services", "list_api_keys", api_keys)
case("ibm-secrets-manager-sdk", "list_secrets, settings of a file", of_file)
case("ibm-cos-sdk", "list_buckets", buckets)


# Across an expiry: the broker renews its token, the SDK keeps its own for as long as that lives, and then asks again.


class AdminConnection(http.client.HTTPConnection):
    """HTTP over the broker's admin socket."""

    def __init__(self):
        super().__init__("localhost")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(ADMIN)


def renew():
    with contextlib.closing(AdminConnection()) as connection:
        connection.request("POST", "/v1/refresh?profile=reports")
        answer = connection.getresponse()
        assert answer.status == 200, answer.status


def across_expiry(authenticator):
    manager = authenticator.token_manager
    first = manager.get_token()
    renew()
    assert manager.get_token() == first, "a fresh token was not kept"
    # The times at which the SDK takes its token for due, and for expired, have come.
    manager.refresh_time = 0
    second = manager.get_token()
    renew()
    manager.expire_time = 0
    third = manager.get_token()
    identities = [claims(found)["jti"] for found in [first, second, third]]
    assert len(set(identities)) == 3, "a token was not renewed"
    assert manager.expire_time == claims(third)["exp"], manager.expire_time
    return "3 tokens"


def service_across_expiry():
    authenticator = VPCInstanceAuthenticator(url=EMULATION, iam_profile_id=ID)
    before = instances(authenticator)
    renew()
    authenticator.token_manager.expire_time = 0
    assert instances(authenticator) == before
    return before


with tempfile.NamedTemporaryFile("w") as file:
    file.write("not-a-secret\n")
    file.flush()
    kinds = {
        "vpc": lambda: VPCInstanceAuthenticator(url=EMULATION, iam_profile_id=ID),
        "container": lambda: ContainerAuthenticator(cr_token_filename=file.name, url=EMULATION, iam_profile_id=ID),
        "iam": lambda: IAMAuthenticator("reports", url=EMULATION),
    }
    for kind, make in kinds.items():
        case(CORE, f"{kind}, across an expiry", lambda: across_expiry(make()))
    case("ibm-vpc", "list_instances across an expiry", service_across_expiry)

    # A cloud that gives no tokens: what the broker has it hands out, and of the rest it says why not.

    @contextlib.contextmanager
    def stopped(fault):
        endpoints = [f"{CLOUD}/simulator/faults/{name}" for name in ["identity_token", "iam_token", "iam"]]
        for url in endpoints:
            urllib.request.urlopen(urllib.request.Request(url, json.dumps(fault).encode(), method="PUT")).close()
        try:
            yield
        finally:
            for url in endpoints:
                urllib.request.urlopen(urllib.request.Request(url, method="DELETE")).close()

    for name, fault, unknown in [
        ("that answers 503", {"status": 503}, "backups"),
        ("that hangs up", {"drop": True}, "archive"),
    ]:
        with stopped(fault):
            for kind, make in kinds.items():
                case(CORE, f"{kind}, a cloud {name}, a token that is there", lambda: token(make()))
            case("ibm-vpc", f"list_instances, a cloud {name}", lambda: instances(kinds["vpc"]()))
            case(
                CORE,
                f"vpc, a cloud {name}, a profile never fetched",
                lambda: token(VPCInstanceAuthenticator(url=EMULATION, iam_profile_name=unknown)),
                f"no token for profile {unknown}",
            )

sys.exit(1 if failures else 0)
