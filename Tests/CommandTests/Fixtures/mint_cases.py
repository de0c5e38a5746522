"""Mints tokens with joserfc's and cryptography's idea of the standards, and says what a verifier must answer.

Usage: mint_cases.py CASES EXPECTED     writes JSON Lines: cases for `verify --batch`, and the answers to expect
       mint_cases.py --certificate DIR  writes a self-signed certificate for localhost and 127.0.0.1, and its key

What to expect follows from how a token was made. Where a token is valid, or differs from a valid one in signature or
signed bytes alone, joserfc is asked as well, and the script fails when it disagrees.
"""

import base64
import datetime
import hmac
import ipaddress
import json
import sys
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import import_key

warnings.simplefilter("ignore")

NOW = 1788256800
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {"ES256": (ec.SECP256R1(), 32), "ES384": (ec.SECP384R1(), 48), "ES512": (ec.SECP521R1(), 66)}
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLAIMS = {
    "iss": "https://iam.cloud.ibm.com/identity",
    "iat": NOW,
    "exp": NOW + 3600,
    "aud": ["one", "two"],
    "iam_id": "iam-Profile-1",
    "sub": "Profile-1",
    "sub_type": "Profile",
    "identifier": "Profile-1",
    "account": {"valid": True, "bss": "account-1"},
}


def b64(data):
    data = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def generate(algorithm, bits=2048):
    if algorithm in CURVES:
        return ec.generate_private_key(CURVES[algorithm][0])
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, bits)


def jwk(key, kid=None, alg=None, **more):
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        octets = {"n": numbers.n, "e": numbers.e}
        members = {name: b64(n.to_bytes((n.bit_length() + 7) // 8, "big")) for name, n in octets.items()}
        members["kty"] = "RSA"
    elif isinstance(public, ec.EllipticCurvePublicKey):
        numbers, size = public.public_numbers(), (public.key_size + 7) // 8
        members = {"kty": "EC", "crv": f"P-{public.key_size}"}
        members |= {"x": b64(numbers.x.to_bytes(size, "big")), "y": b64(numbers.y.to_bytes(size, "big"))}
    else:
        members = {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes_raw())}
    members |= {name: value for name, value in (("kid", kid), ("alg", alg)) if value is not None}
    return members | more


def signature(algorithm, key, message):
    if algorithm == "EdDSA":
        return key.sign(message)
    digest = HASHES[algorithm[2:]]
    if algorithm in CURVES:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
        return raw(algorithm, r, s)
    if algorithm.startswith("RS"):
        return key.sign(message, padding.PKCS1v15(), digest)
    return key.sign(message, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)


def raw(algorithm, r, s):
    size = CURVES[algorithm][1]
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def mint(algorithm, key, header=None, claims=None):
    """A token; header and claims are values, or JSON text or bytes as they are to stand in it."""
    header = {"alg": algorithm, "kid": "k"} if header is None else header
    claims = CLAIMS if claims is None else claims
    parts = [part if isinstance(part, (str, bytes)) else json.dumps(part) for part in (header, claims)]
    signed = ".".join(b64(part) for part in parts)
    return signed + "." + b64(signature(algorithm, key, signed.encode()))


class Cases:
    def __init__(self):
        self.cases, self.expected = [], []

    def add(self, name, token, keys, reason, **members):
        """`reason` is None when the token must be accepted."""
        jwks = {"keys": keys} if isinstance(keys, list) else keys
        case = {"id": name, "token": token, "jwks": jwks, "at": NOW + 60} | members
        self.cases.append(case)
        verdict = "accept" if reason is None else "reject"
        self.expected.append({"id": name, "verdict": verdict, "reason": reason})

    def add_checked(self, name, token, key, algorithm, reason, **members):
        """As `add`, for a token that is plain enough to ask joserfc about."""
        accepted = True
        try:
            jws.deserialize_compact(token, import_key(jwk(key)), algorithms=[algorithm])
        except (JoseError, ValueError):
            accepted = False
        if accepted != (reason is None):
            sys.exit(f"{name}: joserfc {'accepts' if accepted else 'rejects'} what is expected otherwise")
        self.add(name, token, [jwk(key, "k")], reason, algorithms=[algorithm], **members)


def flip(data, bit):
    data = bytearray(data)
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


INVALID = "signature is not valid"
NOT_ALLOWED = "algorithm is not allowed"
NO_FIT = "key does not fit the algorithm"
NOT_BASE64 = "token is not canonical base64url"


def add_algorithm(cases, algorithm, key):
    token = mint(algorithm, key)
    header, payload, encoded = token.split(".")
    signed, sig = f"{header}.{payload}", unb64(encoded)

    def checked(name, token, reason, **members):
        cases.add_checked(f"{algorithm} {name}", token, key, algorithm, reason, **members)

    def add(name, token, reason, keys=None, algorithms=(algorithm,), **members):
        keys = [jwk(key, "k")] if keys is None else keys
        cases.add(f"{algorithm} {name}", token, keys, reason, algorithms=list(algorithms), **members)

    checked("valid", token, None)
    add("valid, bound key", token, None, [jwk(key, "k", algorithm)])
    add("valid, key set as text", token, None, json.dumps({"keys": [jwk(key, "k")]}))
    add("valid, by default", token, None if algorithm == "RS256" else NOT_ALLOWED, algorithms=["RS256"])
    add("nothing allowed", token, NOT_ALLOWED, algorithms=[])
    add("signature alone", mint(algorithm, key, claims={"exp": 1}), None, signature_only=True)
    add("signature alone, no claims", mint(algorithm, key, claims=b"\xff"), None, signature_only=True)

    bits = len(sig) * 8
    for bit in (0, bits // 2 - 1, bits // 2, bits - 1, *range(5, bits, bits // 6)):
        checked(f"signature bit {bit}", f"{signed}.{b64(flip(sig, bit))}", INVALID)
    checked("other signed bytes", f"{header}.{b64(json.dumps(CLAIMS | {'sub': 'x'}))}.{encoded}", INVALID)
    spaced = json.dumps({"alg": algorithm, "kid": "k", "x": 1})
    checked("other header", f"{b64(spaced)}.{payload}.{encoded}", INVALID)
    checked("another key", mint(algorithm, generate(algorithm)), INVALID)
    add("signature short", f"{signed}.{b64(sig[:-1])}", INVALID)
    add("signature long", f"{signed}.{b64(sig + bytes(1))}", INVALID)
    add("signature empty", f"{signed}.", INVALID)
    add("signature zero", f"{signed}.{b64(bytes(len(sig)))}", INVALID)

    for other in ALGORITHMS:
        if other == algorithm:
            continue
        renamed = f"{b64(json.dumps({'alg': other, 'kid': 'k'}))}.{payload}.{encoded}"
        same_key = algorithm[:2] in ("RS", "PS") and other[:2] in ("RS", "PS")
        add(f"says {other}", renamed, INVALID if same_key else NO_FIT, algorithms=[algorithm, other])
        add(f"says {other}, bound", renamed, NO_FIT, [jwk(key, "k", algorithm)], [algorithm, other])
        add(f"says {other}, not allowed", renamed, NOT_ALLOWED)
    for none in ("none", "None", "NONE", "nOnE", ""):
        unsigned = f"{b64(json.dumps({'alg': none, 'kid': 'k'}))}.{payload}."
        add(f"says {none!r}", unsigned, NOT_ALLOWED, algorithms=[algorithm, none])
        add(f"says {none!r}, signed", unsigned + encoded, NOT_ALLOWED, algorithms=[algorithm, none])
    public = key.public_key()
    encodings = {
        "PEM": public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        "DER": public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
        "JWK": json.dumps(jwk(key, "k")).encode(),
    }
    for name, secret in encodings.items():
        signed_hmac = f"{b64(json.dumps({'alg': 'HS256', 'kid': 'k'}))}.{payload}"
        mac = b64(hmac.digest(secret, signed_hmac.encode(), "sha256"))
        add(f"HMAC with public key as {name}", f"{signed_hmac}.{mac}", NOT_ALLOWED, algorithms=[algorithm, "HS256"])

    add("padded header", f"{header}=.{payload}.{encoded}", NOT_BASE64)
    add("padded payload", f"{header}.{payload}==.{encoded}", NOT_BASE64)
    add("padded signature", f"{signed}.{encoded}=", NOT_BASE64)
    add("white space in signature", f"{signed}.{encoded[:9]}\n{encoded[9:]}", NOT_BASE64)
    if len(encoded) % 4:
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        respelled = encoded[:-1] + alphabet[alphabet.index(encoded[-1]) | 1]
        assert unb64(respelled) == sig
        add("unused bits in signature", f"{signed}.{respelled}", NOT_BASE64)
    if algorithm in CURVES:
        size, order = CURVES[algorithm][1], CURVES[algorithm][0].group_order
        r, s = int.from_bytes(sig[:size], "big"), int.from_bytes(sig[size:], "big")
        checked("other half of the order", f"{signed}.{b64(raw(algorithm, r, order - s))}", None)
        add("signature as DER", f"{signed}.{b64(encode_dss_signature(r, s))}", INVALID)
        add("r and s are the order", f"{signed}.{b64(raw(algorithm, order, order))}", INVALID)


def add_claims(cases, key):
    keys = [jwk(key, "k", "RS256")]

    def add(name, reason, claims=CLAIMS, **members):
        cases.add(f"claims: {name}", mint("RS256", key, claims=claims), keys, reason, **members)

    def without(name):
        return {member: value for member, value in CLAIMS.items() if member != name}

    end, late = NOW + 3600, "token has expired"
    for at, leeway, reason in [
        (end - 1, 0, None), (end - 0.5, 0, None), (end, 0, late), (end + 1, 0, late),
        (end, 1, None), (end + 9.5, 10, None), (end + 10, 10, late), (end + 86399, 86400, None),
    ]:
        add(f"exp at {at - end}, leeway {leeway}", reason, at=at, leeway=leeway)
    for at, leeway, reason in [
        (NOW, 0, None), (NOW - 1, 0, "token was issued in the future"), (NOW - 0.5, 0, "token was issued in the future"),
        (NOW - 10, 10, None), (NOW - 11, 10, "token was issued in the future"),
    ]:
        add(f"iat at {at - NOW}, leeway {leeway}", reason, at=at, leeway=leeway)
    for at, leeway, reason in [
        (NOW + 30, 0, None), (NOW + 29, 0, "token is not valid yet"), (NOW + 29, 1, None), (NOW + 28, 1, "token is not valid yet"),
    ]:
        add(f"nbf at {at - NOW - 30}, leeway {leeway}", reason, CLAIMS | {"nbf": NOW + 30}, at=at, leeway=leeway)
    for claim in ("exp", "iat"):
        add(f"no {claim}", f"claim {claim} is missing", without(claim))
    for claim in ("exp", "iat", "nbf"):
        for value in (str(NOW), None, True, -1, [NOW], {}, 253402300800):
            add(f"{claim} is {value!r}", f"claim {claim} is malformed", CLAIMS | {claim: value})
    huge = json.dumps(CLAIMS).replace(str(end), "1e999")
    add("exp is 1e999", "claim exp is malformed", huge)
    add("exp is a fraction", None, CLAIMS | {"exp": NOW + 60.5}, at=NOW + 60.25)

    issuer = CLAIMS["iss"]
    add("issuer", None, issuer=issuer)
    add("no issuer expected", None, without("iss"))
    add("issuer with slash", "issuer is not the expected one", issuer=issuer + "/")
    add("issuer missing", "claim iss is missing", without("iss"), issuer=issuer)
    add("issuer in a list", "issuer is not the expected one", CLAIMS | {"iss": [issuer]}, issuer=issuer)
    for value, reason in [
        ("one", None), (["one"], None), (["two", "one"], None), ("on", "audience is not the expected one"),
        ([], "audience is not the expected one"), ("one two", "audience is not the expected one"),
        (["one", 1], "claim aud is malformed"), (1, "claim aud is malformed"), (None, "claim aud is malformed"),
    ]:
        add(f"audience one of {value!r}", reason, CLAIMS | {"aud": value}, audience="one")
    add("audience missing", "claim aud is missing", without("aud"), audience="one")

    def mismatch(claim):
        return f"token is not for the expected profile (claim {claim})"

    add("profile", None, profile_id="Profile-1")
    add("another profile", mismatch("iam_id"), profile_id="Profile-2")
    for claim in ("sub", "sub_type", "identifier"):
        add(f"profile, {claim} disagrees", mismatch(claim), CLAIMS | {claim: "x"}, profile_id="Profile-1")
        add(f"profile, no {claim}", None, without(claim), profile_id="Profile-1")
    add("profile, a service ID", mismatch("iam_id"), CLAIMS | {"iam_id": "iam-ServiceId-1"}, profile_id="Profile-1")
    add("profile missing", "claim iam_id is missing", without("iam_id"), profile_id="Profile-1")
    add("account", None, account_id="account-1")
    add("another account", "account is not the expected one", account_id="account-2")
    add("account missing", "claim account is missing", without("account"), account_id="account-1")
    for account, reason in [
        ({"valid": False, "bss": "account-1"}, "account is not valid"), ({"bss": "account-1"}, "account is not valid"),
        ({"valid": "true", "bss": "account-1"}, "account is not valid"), ({"valid": True}, "claim account is malformed"),
        ("account-1", "claim account is malformed"),
    ]:
        add(f"account {account!r}", reason, CLAIMS | {"account": account}, account_id="account-1")


def add_forms(cases, key):
    keys, token = [jwk(key, "k", "RS256")], mint("RS256", key)
    header, payload, encoded = token.split(".")
    text = json.dumps(CLAIMS)

    for name, claims, reason in [
        ("twice exp", text[:-1] + ', "exp": 9999999999}', "has a member twice"),
        ("twice exp, escaped", text[:-1] + ', "\\u0065xp": 9999999999}', "has a member twice"),
        ("twice, inside", text.replace('"bss"', '"valid": true, "bss"'), "has a member twice"),
        ("array", "[]", "not a JSON object"), ("string", '"exp"', "not a JSON object"),
        ("empty", "", "ends too early"), ("cut", text[:-1], "ends too early"),
        ("bytes after", text + "{}", "has bytes after its end"), ("not UTF-8", text.encode()[:-1] + b',"x":"\xff"}', "not UTF-8"),
        ("byte order mark", b"\xef\xbb\xbf" + text.encode(), "not JSON"),
        ("lone surrogate", text[:-1] + ', "x": "\\ud800"}', "has a lone surrogate"),
        ("comma", text[:-1] + ",}", "not JSON"), ("NaN", text[:-1] + ', "x": NaN}', "not JSON"),
        ("deep", text[:-1] + ', "x": ' + "[" * 16 + "]" * 16 + "}", "nested deeper than allowed"),
        ("not deep", text[:-1] + ', "x": ' + "[" * 15 + "]" * 15 + "}", None),
    ]:
        reason = reason and f"payload is malformed: {reason}"
        cases.add(f"payload: {name}", mint("RS256", key, claims=claims), keys, reason)
    head = {"alg": "RS256", "kid": "k"}
    for name, value, reason in [
        ("twice alg", '{"alg":"RS256","kid":"k","alg":"RS256"}', "header is malformed: has a member twice"),
        ("twice alg, none", '{"alg":"none","kid":"k","alg":"RS256"}', "header is malformed: has a member twice"),
        ("array", "[]", "header is malformed: not a JSON object"), ("no alg", {"kid": "k"}, "header names no algorithm"),
        ("alg is a list", {"alg": ["RS256"], "kid": "k"}, NOT_ALLOWED), ("alg is null", {"alg": None, "kid": "k"}, NOT_ALLOWED),
        ("alg in lower case", {"alg": "rs256", "kid": "k"}, NOT_ALLOWED),
        ("crit", head | {"crit": ["exp"], "exp": 1}, "header has critical extensions"),
        ("crit is empty", head | {"crit": []}, "header has critical extensions"),
        ("crit b64", head | {"crit": ["b64"], "b64": False}, "header has critical extensions"),
        ("unknown member", head | {"typ": "JWT", "x": {"y": [1]}}, None), ("escaped kid", '{"alg":"RS256","kid":"\\u006b"}', None),
        ("unknown kid", head | {"kid": "K"}, "key ID is not in the key set"), ("empty kid", head | {"kid": ""}, "key ID is not in the key set"),
        ("kid is a number", head | {"kid": 1}, "key ID is not a string"), ("kid is null", head | {"kid": None}, "key ID is not a string"),
        ("no kid, one key", {"alg": "RS256"}, None),
    ]:
        cases.add(f"header: {name}", mint("RS256", key, header=value), keys, reason)
    attacker = generate("RS256")
    embedded = head | {"jwk": jwk(attacker, "k", "RS256"), "jku": "https://attacker.example/keys"}
    cases.add("header: brings its own key", mint("RS256", attacker, header=embedded), keys, INVALID)

    parts = [
        ("", "token does not have three parts"), ("a.b", "token does not have three parts"), (token + ".", "token does not have three parts"),
        (f"{header}.{payload}", "token does not have three parts"), ("..", "header is malformed: ends too early"),
        (" " + token, NOT_BASE64), (token + "\n", NOT_BASE64), (token.replace("e", "é", 1), NOT_BASE64),
        (f"{header}..{encoded}", INVALID), (".".join(["A" * 30000] * 3), "token is larger than 64 KiB"),
        (mint("RS256", key, claims=CLAIMS | {"x": "x" * 16384}), "payload is larger than 16 KiB"),
    ]
    for index, (value, reason) in enumerate(parts):
        cases.add(f"form {index}", value, keys, reason)

    other, plain = generate("RS256"), mint("RS256", key, header={"alg": "RS256"})
    two = [jwk(other, "o"), jwk(key, "k")]
    cases.add("keys: two", token, two, None)
    cases.add("keys: two, no kid", plain, two, "header names no key and the key set has several")
    cases.add("keys: two with one ID", token, [jwk(other, "k"), jwk(key, "k")], None)
    cases.add("keys: without an ID", plain, [jwk(key)], None)
    cases.add("keys: without an ID, kid", token, [jwk(key)], "key ID is not in the key set")
    for name, unusable in [
        ("small", jwk(generate("RS256", 1024), "k")), ("encryption", jwk(key, "k", use="enc")), ("other alg", jwk(key, "k", "HS256")),
        ("no verify", jwk(key, "k", key_ops=["sign"])), ("oct", {"kty": "oct", "kid": "k", "k": b64(b"x" * 32)}), ("no object", 1),
        ("even modulus", jwk(key, "k") | {"n": b64(b"\xc0" * 256)}), ("off the curve", jwk(generate("ES256"), "k") | {"x": b64(bytes(32))}),
    ]:
        cases.add(f"keys: unusable, {name}", token, [unusable], "key set has no usable key")
        cases.add(f"keys: skipped, {name}", token, [unusable, jwk(key, "k")], None)
    cases.add("keys: none", token, [], "key set has no usable key")
    for text, reason in [
        ("", "ends too early"), ("{", "ends too early"), ("[]", None), ('{"keys":{}}', None), ('{"keys":[],"keys":[]}', "has a member twice"),
        ('{"keys":[]} x', "has bytes after its end"),
    ]:
        reason = "key set is malformed: " + (reason or "no array named keys")
        cases.add(f"keys: text {text!r}", token, text, reason)
    cases.add("keys: an object without keys", token, {"kty": "RSA"}, "key set is malformed: no array named keys")


def write_certificate(directory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(names, False).add_extension(x509.BasicConstraints(True, None), True)
    certificate = builder.sign(key, hashes.SHA256())
    with open(f"{directory}/certificate.pem", "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
    with open(f"{directory}/key.pem", "wb") as file:
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        file.write(key.private_bytes(encoding, form, serialization.NoEncryption()))


def main(arguments):
    if arguments[0] == "--certificate":
        return write_certificate(arguments[1])
    cases, key = Cases(), generate("RS256")
    for algorithm in ALGORITHMS:
        add_algorithm(cases, algorithm, key if algorithm[:2] in ("RS", "PS") else generate(algorithm))
    add_claims(cases, key)
    add_forms(cases, key)
    for path, lines in zip(arguments, (cases.cases, cases.expected)):
        with open(path, "w", encoding="ascii") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)


if __name__ == "__main__":
    main(sys.argv[1:])
