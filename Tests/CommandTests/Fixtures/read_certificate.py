"""Reads a key, a chain and the signing request that led to them, and checks that they fit each other.

Arguments: KEY CHAIN BUNDLE REQUEST, files in PEM, and how many bits the key shall have.
"""

import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization


def public(key) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def main() -> None:
    key_pem, chain_pem, bundle_pem, request_pem = (Path(name).read_bytes() for name in sys.argv[1:5])
    key = serialization.load_pem_private_key(key_pem, password=None)
    chain = x509.load_pem_x509_certificates(chain_pem)
    request = x509.load_pem_x509_csr(request_pem)
    assert key.key_size == int(sys.argv[5])
    assert request.is_signature_valid
    assert isinstance(request.signature_hash_algorithm, hashes.SHA256)
    assert len(request.extensions) == 0
    assert [name.oid._name for name in request.subject] == ["countryName", "stateOrProvinceName", "organizationName"]
    assert len(chain) == 2
    assert public(key.public_key()) == public(chain[0].public_key()) == public(request.public_key())
    chain[0].verify_directly_issued_by(chain[1])
    assert bundle_pem == key_pem + chain_pem


main()
