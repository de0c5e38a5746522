"""Runs IBM's own SDKs, as they are, against the emulation. One line of JSON for each case.

usage: sdk_matrix.py EMULATION CRN
"""

import concurrent.futures
import http.server
import importlib.metadata
import json
import os
import sys
import tempfile
import threading
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

EMULATION, CRN = sys.argv[1:]
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


class Service(http.server.BaseHTTPRequestHandler):
    """Takes the part of a service of IBM's: it answers who brings a token that IAM signed, and nobody else."""

    protocol_version = "HTTP/1.1"
    bodies = {
        "/v1/instances": b'{"instances":[],"limit":50,"total_count":0,"first":{"href":"https://localhost"}}',
        "/v1/apikeys": b'{"apikeys":[]}',
        "/api/v2/secrets": b'{"secrets":[],"limit":200,"offset":0,"total_count":0}',
        "/": b'<?xml version="1.0"?><ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>',
    }

    def do_GET(self):
        scheme, _, compact = self.headers.get("Authorization", "").partition(" ")
        assert scheme == "Bearer"
        claims(compact)
        path = self.path.split("?")[0]
        body = self.bodies[path]
        self.send_response(200)
        self.send_header("Content-Type", "application/xml" if path == "/" else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=service.serve_forever, daemon=True).start()
SERVICE = f"http://127.0.0.1:{service.server_port}"
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


def of_environment():
    settings = {"VPC_AUTH_TYPE": "vpc", "VPC_AUTH_URL": EMULATION, "VPC_IAM_PROFILE_ID": ID, "VPC_URL": SERVICE + "/v1"}
    os.environ.update(settings | {"VPC_VPC_IMS_VERSION": "2025-08-26"})
    return VpcV1.new_instance(version="2026-06-23").list_instances().get_status_code()


def of_file():
    with tempfile.NamedTemporaryFile("w", suffix=".env") as file:
        file.write(f"SECRETS_MANAGER_AUTH_TYPE=vpc\nSECRETS_MANAGER_AUTH_URL={EMULATION}\n")
        file.write(f"SECRETS_MANAGER_IAM_PROFILE_CRN={CRN}\nSECRETS_MANAGER_URL={SERVICE}\n")
        file.flush()
        os.environ["IBM_CREDENTIALS_FILE"] = file.name
        try:
            return SecretsManagerV2.new_instance().list_secrets().get_status_code()
        finally:
            del os.environ["IBM_CREDENTIALS_FILE"]


def instances():
    client = VpcV1(version="2026-06-23", authenticator=vpc)
    client.set_service_url(SERVICE + "/v1")
    return client.list_instances().get_status_code()


def api_keys():
    client = IamIdentityV1(authenticator=vpc)
    client.set_service_url(SERVICE)
    return client.list_api_keys().get_status_code()


def buckets():
    client = ibm_boto3.client(
        "s3",
        ibm_api_key_id="reports",
        ibm_auth_endpoint=EMULATION + "/identity/token",
        ibm_service_instance_id="none",
        endpoint_url=SERVICE,
        config=Config(signature_version="oauth"),
    )
    return client.list_buckets()["ResponseMetadata"]["HTTPStatusCode"]


case("ibm-vpc", "list_instances", instances)
case("ibm-vpc", "list_instances, settings of the environment", of_environment)
case("ibm-platform-services", "list_api_keys", api_keys)
case("ibm-secrets-manager-sdk", "list_secrets, settings of a file", of_file)
case("ibm-cos-sdk", "list_buckets", buckets)
service.shutdown()
sys.exit(1 if failures else 0)
