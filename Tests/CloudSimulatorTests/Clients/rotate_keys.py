"""Rotates keys with IBM's own SDKs, as they are, against the simulator at the URL of the first argument.

One line "ok NAME" for each step; the first that fails ends it. No value of a key is written.
"""
import json
import sys
import urllib.request

import ibm_boto3
from ibm_botocore.client import Config
from ibm_botocore.exceptions import ClientError
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import IAMAuthenticator, VPCInstanceAuthenticator
from ibm_platform_services import IamIdentityV1, ResourceControllerV2
from ibm_secrets_manager_sdk.secrets_manager_v2 import SecretsManagerV2

URL = sys.argv[1]
SERVICE_ID = "iam-ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
PROFILE = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
STORAGE = ("crn:v1:bluemix:public:cloud-object-storage:global:a/3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f:"
           "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9::")
vpc = VPCInstanceAuthenticator(iam_profile_id=PROFILE, url=URL)


def service(kind, **options):
    client = kind(authenticator=vpc, **options)
    client.set_service_url(URL)
    return client


def check(name, condition):
    if not condition:
        sys.exit(f"failed: {name}")
    print("ok", name, flush=True)


def refusal(call, *arguments, **options):
    """The status of a call that is to be refused."""
    try:
        call(*arguments, **options)
    except ApiException as error:
        return error.status_code
    return None


def opens(api_key):
    try:
        IAMAuthenticator(api_key, url=URL).token_manager.request_token()
        return True
    except ApiException as error:
        assert error.status_code == 400 and "BXNIM0415E" in str(error.http_response.text)
        return False


def api_keys():
    iam = service(IamIdentityV1)
    made = iam.create_api_key(name="by-sdk", iam_id=SERVICE_ID, description="d", store_value=False,
                              expires_at="2099-12-01T10:00+0000").get_result()
    key, value = made["id"], made["apikey"]
    check("api key: create", opens(value))
    listed = iam.list_api_keys(iam_id=SERVICE_ID, pagesize=100).get_result()["apikeys"]
    check("api key: list", key in [each["id"] for each in listed])
    check("api key: details", iam.get_api_keys_details(iam_api_key=value).get_result()["id"] == key)
    read = iam.get_api_key(id=key, include_activity=True)
    check("api key: activity", read.get_result()["activity"]["authn_count"] == 1)
    changed = iam.update_api_key(id=key, if_match=read.get_headers()["ETag"], description="e").get_result()
    check("api key: update", changed["description"] == "e")
    iam.lock_api_key(id=key)
    check("api key: lock", refusal(iam.delete_api_key, id=key) == 412)
    iam.unlock_api_key(id=key)
    iam.disable_api_key(id=key)
    check("api key: disable", not opens(value))
    iam.enable_api_key(id=key)
    check("api key: enable", opens(value))
    check("api key: delete", iam.delete_api_key(id=key).get_status_code() == 204 and not opens(value))
    check("api key: deleted", refusal(iam.get_api_key, id=key) == 404)


def storage(pair):
    return ibm_boto3.client("s3", aws_access_key_id=pair["access_key_id"],
                            aws_secret_access_key=pair["secret_access_key"], endpoint_url=URL,
                            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def set_pair_delay(milliseconds):
    body = json.dumps({"hmac_pair_use_ms": milliseconds}).encode()
    with urllib.request.urlopen(urllib.request.Request(URL + "/simulator/propagation", body, method="PUT")):
        pass


def is_unknown(s3):
    try:
        s3.list_objects_v2(Bucket="broker-reports")
        return False
    except ClientError as error:
        return error.response["Error"]["Code"] == "InvalidAccessKeyId"


def resource_keys():
    controller = service(ResourceControllerV2)
    set_pair_delay(3_600_000)
    made = controller.create_resource_key(name="by-sdk", source=STORAGE, role="Writer",
                                          parameters={"HMAC": True}).get_result()
    credentials = made["credentials"]
    s3 = storage(credentials["cos_hmac_keys"])
    check("resource key: not known yet", is_unknown(s3))
    set_pair_delay(0)
    s3.put_object(Bucket="broker-reports", Key="by-sdk", Body=b"hello")
    check("resource key: pair", s3.get_object(Bucket="broker-reports", Key="by-sdk")["Body"].read() == b"hello")
    check("resource key: api key", opens(credentials["apikey"]))
    read = controller.get_resource_key(id=made["id"]).get_result()
    check("resource key: get by CRN", read["guid"] == made["guid"])
    listed = controller.list_resource_keys_for_instance(id=STORAGE).get_result()
    check("resource key: list of the instance", [each["id"] for each in listed["resources"]] == [made["id"]])
    renamed = controller.update_resource_key(id=made["guid"], name="renamed").get_result()
    check("resource key: rename", renamed["name"] == "renamed")
    check("resource key: delete", controller.delete_resource_key(id=made["id"]).get_status_code() == 204)
    check("resource key: closed", is_unknown(s3) and not opens(credentials["apikey"]))


def secrets():
    manager = service(SecretsManagerV2)
    found = {each["name"]: each["id"] for each in manager.list_secrets().get_result()["secrets"]}
    database = found["broker-database"]
    read = manager.get_secret_by_name_type(secret_type="arbitrary", name="broker-database",
                                           secret_group_name="default").get_result()
    check("secret: by name", read["id"] == database and read["payload"])
    lock = [{"name": "host-1", "attributes": {"host": "host-1"}}]
    manager.create_secret_locks_bulk(id=database, locks=lock)
    made = manager.create_secret_version(database, {"payload": "second", "version_custom_metadata": {"by": "sdk"}})
    check("secret: version", made.get_status_code() == 201 and made.get_result()["payload"] == "second")
    check("secret: locked", refusal(manager.create_secret_version, database, {"payload": "third"}) == 412)
    locked = manager.create_secret_locks_bulk(id=database, locks=lock, mode="remove_previous").get_result()
    check("secret: lock", [each["locks"] for each in locked["versions"]] == [["host-1"], []])
    check("secret: unlocked", manager.create_secret_version(database, {"payload": "third"}).get_status_code() == 201)
    manager.delete_secret_locks_bulk(id=database, name=["host-1"])
    versions = manager.list_secret_versions(secret_id=database).get_result()["versions"]
    check("secret: versions", [each.get("alias") for each in versions] == ["current", "previous", None]
          and versions[1]["version_custom_metadata"] == {"by": "sdk"})
    previous = manager.get_secret_version(secret_id=database, id="previous").get_result()
    check("secret: previous", previous["payload"] == "second")
    metadata = manager.get_secret_version_metadata(secret_id=database, id="current").get_result()
    check("secret: metadata", "payload" not in metadata)
    manager.create_secret_version(found["broker-settings"], {"data": {"user": "app"}})
    check("secret: kv", manager.get_secret(id=found["broker-settings"]).get_result()["data"] == {"user": "app"})
    login = manager.create_secret_version(found["broker-login"], {}).get_result()
    check("secret: username_password", login["username"] and login["password"])
    credentials = manager.create_secret_version(found["broker-service-id"], {}).get_result()
    check("secret: iam_credentials", opens(credentials["api_key"]))
    wiped = manager.delete_secret_version_data(secret_id=found["broker-service-id"], id="current")
    check("secret: wipe", wiped.get_status_code() == 204 and not opens(credentials["api_key"]))


api_keys()
resource_keys()
secrets()
