"""Real S3 clients whose HMAC pair comes from `iam-broker credential aws`, against the simulated Object Storage.

storage_clients.py CLIENT IAM-BROKER CLOUD AUTHORITY FOLDER; prints one line of JSON: what each step came to. Runs with the Python
that has boto3 and, beside it, aws. Pairs are made here, at the simulator's control path, so that no secret is an argument.
"""
import json, os, re, ssl, subprocess, sys, time, urllib.request

client, broker, cloud, authority, folder = sys.argv[1:]
AWS = os.path.join(os.path.dirname(sys.executable), "aws")
BUCKET, PROFILE = "broker-reports", "archive"
os.environ.clear()
os.environ.update(PATH="/usr/bin:/bin", HOME=folder, LC_ALL="C", AWS_CONFIG_FILE=f"{folder}/config", AWS_PROFILE=PROFILE,
                  AWS_CA_BUNDLE=authority, AWS_EC2_METADATA_DISABLED="true", AWS_PAGER="", RCLONE_CONFIG=f"{folder}/rclone.conf")
os.mkdir(f"{folder}/pairs", 0o700)
with open(f"{folder}/config", "w") as file:
    file.write(f"[profile {PROFILE}]\nregion = us-south\nendpoint_url = {cloud}\n"
               f"credential_process = {broker} credential aws --pair {PROFILE} --folder {folder}/pairs\n")
with open(f"{folder}/rclone.conf", "w") as file:
    file.write(f"[cos]\ntype = s3\nprovider = IBMCOS\nenv_auth = true\nendpoint = {cloud}\nregion = us-south\n")
CONTENT = os.urandom(300_000)
with open(f"{folder}/report.bin", "wb") as file:
    file.write(CONTENT)


def control(method, path, body=None):
    request = urllib.request.Request(f"{cloud}/simulator/hmac-pairs{path}", method=method,
                                     data=body and json.dumps(body).encode())
    with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=authority)) as answer:
        return json.load(answer)


def write(pair, lifetime=None, **changed):
    """Replaces the pair's file at once, as whoever rotates pairs has to."""
    document = {name: pair[name] for name in ("access_key_id", "secret_access_key")} | changed
    if lifetime:
        document["expires_at"] = int(time.time()) + lifetime
    with open(os.open(f"{folder}/pairs/new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(document, file)
    os.rename(f"{folder}/pairs/new", f"{folder}/pairs/{PROFILE}.json")


def new_pair():
    return control("POST", "", {"name": PROFILE})


def revoke(pair):
    control("DELETE", f"/{pair['access_key_id']}")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)


def outcome(answer):
    """`ok`, or the reason in the tool's errors that we look for."""
    if answer.returncode == 0:
        return "ok"
    known = re.findall("there is no HMAC pair archive yet|InvalidAccessKeyId|SignatureDoesNotMatch", answer.stderr)
    return known[0] if known else f"{answer.returncode}: {answer.stderr[-600:]}"


def same(name):
    if not os.path.exists(f"{folder}/{name}"):
        return False
    with open(f"{folder}/{name}", "rb") as file:
        return file.read() == CONTENT


def walk(upload, listing, download):
    """The life of a pair, as a tool that is started anew each time sees it."""
    steps = {"no pair yet": outcome(run(*listing))}
    first = new_pair()
    write(first, lifetime=3600)
    steps["upload"] = outcome(run(*upload))
    listed = run(*listing)
    steps["list"] = outcome(listed) if "300000" not in listed.stdout else "300000 bytes"
    steps["download"] = outcome(run(*download("first.bin"))), same("first.bin")
    second = new_pair()
    write(second)
    revoke(first)
    steps["download after rotation"] = outcome(run(*download("second.bin"))), same("second.bin")
    write(second, secret_access_key="0" * 48)
    steps["wrong secret"] = outcome(run(*listing))
    write(first)
    steps["revoked pair"] = outcome(run(*listing))
    return steps


def aws():
    place = f"s3://{BUCKET}/a folder/report+1.bin"
    steps = walk([AWS, "s3", "cp", f"{folder}/report.bin", place], [AWS, "s3", "ls", f"s3://{BUCKET}/a folder/"],
                 lambda name: [AWS, "s3", "cp", place, f"{folder}/{name}"])
    return steps | {"version": run(AWS, "--version").stdout.split()[0]}


def rclone():
    del os.environ["AWS_CA_BUNDLE"]  # the SDK inside takes it for a fault
    tool = ["/usr/bin/rclone", "--ca-cert", authority, "--retries", "1", "--low-level-retries", "1"]
    place = f"cos:{BUCKET}/a folder/report+1.bin"
    steps = walk([*tool, "copyto", f"{folder}/report.bin", place], [*tool, "ls", f"cos:{BUCKET}"],
                 lambda name: [*tool, "copyto", place, f"{folder}/{name}"])
    return steps | {"version": run("/usr/bin/rclone", "version").stdout.split("\n")[0]}


def boto3():
    import boto3, botocore.exceptions

    def attempt(work):
        try:
            return work()
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        except botocore.exceptions.CredentialRetrievalError as error:
            return "there is no HMAC pair archive yet" in str(error) and "there is no HMAC pair archive yet"

    def download(s3):
        return attempt(lambda: s3.get_object(Bucket=BUCKET, Key="é 1")["Body"].read() == CONTENT)

    def put(s3):
        s3.put_object(Bucket=BUCKET, Key="é 1", Body=CONTENT, Metadata={"origin": "here"})
        return [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]

    def s3_client():
        return boto3.Session().client("s3")

    steps = {"no pair yet": attempt(lambda: s3_client().list_buckets()["Buckets"])}
    first = new_pair()
    # botocore asks again from 15 minutes before the end on, and must from 10 on.
    write(first, lifetime=300)
    s3 = s3_client()
    steps["upload and list"] = attempt(lambda: put(s3))
    steps["download"] = download(s3)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "é 1"})
    with urllib.request.urlopen(url, context=ssl.create_default_context(cafile=authority)) as answer:
        steps["presigned URL"] = answer.read() == CONTENT
    second = new_pair()
    write(second, lifetime=7200)
    revoke(first)
    steps["same client after rotation near the end"] = download(s3)
    third = new_pair()
    write(third)
    revoke(second)
    steps["same client after rotation long before the end"] = download(s3)
    s3 = s3_client()
    steps["new client"] = download(s3)
    write(new_pair())
    revoke(third)
    steps["same client after rotation without an end"] = download(s3)
    return steps | {"version": boto3.__version__}


print(json.dumps({"aws": aws, "rclone": rclone, "boto3": boto3}[client](), sort_keys=True, ensure_ascii=False))
