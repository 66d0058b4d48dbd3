"""Wrapping keys for storage, so that a copy of the database opens nothing.

What lives here: how a key is encrypted at rest. What may not: the master
secret itself, or the storage.

How it works. A wrapping key is derived from the operator's secret with HKDF
(RFC 5869). Each stored key is encrypted under it with AES-256-GCM (NIST SP
800-38D), bound to its number and purpose, so that rows cannot be swapped.

    wrapped = nonce[12] || AES-256-GCM(wrapping key, nonce, key)
"""

from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16
"""Nonce, key and the 128-bit tag."""

_INFO = b"strangerspace/franking-key-wrap/1"


class WrappedKeyError(Exception):
    """A stored key does not open: another master secret, or altered bytes."""


class Purpose(StrEnum):
    """What a stored key is for."""

    STAMP = "stamp"
    SEAL = "seal"


def wrapping_key(master: str) -> bytes:
    """Derive the 32-byte wrapping key from the operator's secret."""
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_INFO)
    return derivation.derive(master.encode())


def wrap(
    key: bytes, *, under: bytes, nonce: bytes, kid: int, purpose: Purpose
) -> bytes:
    """Encrypt a key; `nonce` is 12 random bytes, never used twice."""
    return nonce + AESGCM(under).encrypt(nonce, key, _bound_to(kid, purpose))


def unwrap(wrapped: bytes, *, under: bytes, kid: int, purpose: Purpose) -> bytes:
    """Decrypt a key.

    Raises:
        WrappedKeyError: it was wrapped under another key, for another number
            or purpose, or altered.

    """
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    try:
        return AESGCM(under).decrypt(nonce, sealed, _bound_to(kid, purpose))
    except (InvalidTag, ValueError) as error:
        raise WrappedKeyError(f"key {kid} ({purpose}) does not open") from error


def _bound_to(kid: int, purpose: Purpose) -> bytes:
    return f"{purpose}:{kid}".encode()
