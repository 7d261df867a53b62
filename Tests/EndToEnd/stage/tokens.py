"""Runegate's tokens, made and read by another implementation (PyJWT), with keys derived as documented."""

from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SESSION_LABEL = "runegate session cookie HS256 v1"
LINK_LABELS = {"HS256": "runegate sign-in link HS256 v1", "EdDSA": "runegate sign-in link EdDSA v1"}


def derive(secret: bytes, label: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) without salt; the label is `info`."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=label.encode()).derive(secret)


def link_key(secret: bytes, algorithm: str) -> Any:
    """What signs links: HMAC key, or Ed25519 private key."""
    key = derive(secret, LINK_LABELS[algorithm])
    return key if algorithm == "HS256" else Ed25519PrivateKey.from_private_bytes(key)


def session_key(secret: bytes) -> bytes:
    return derive(secret, SESSION_LABEL)


def read(token: str, key: Any, algorithm: str, **options: Any) -> dict[str, Any]:
    """Verifies everything that PyJWT can: signature, times, audience, issuer."""
    if isinstance(key, Ed25519PrivateKey):
        key = key.public_key()
    return jwt.decode(token, key, algorithms=[algorithm], **options)
