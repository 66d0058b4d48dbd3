"""Sealing a message so that only the partner reads it and nobody can deny it.

`C` commits to the payload under a fresh key that travels inside the ciphertext;
AES-256-GCM hides payload and key; the receiver shows nothing whose opening does
not match the `C` that the relay stamped. Drop codes R1 to R11 are in `opening`.
"""

import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.wire_client.handshake import ROLE_BYTES

VERSION = 1
TEXT, REACTION, EDIT, NOTE, FILE_OFFER = 0x01, 0x02, 0x03, 0x04, 0x10
NOTHING_SEEN = 2**64 - 1
BUCKETS = (128, 256, 512, 1024, 2048, 4608)
MAX_BODY_BYTES = 4000
TAG_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What a message says; `peer_seen` is `NOTHING_SEEN` before the first."""

    kind: int = TEXT
    seq: int
    peer_seen: int = NOTHING_SEEN
    body: bytes

    def encode(self) -> bytes:
        """Write `P`."""
        return (
            bytes([VERSION, self.kind])
            + self.seq.to_bytes(8, "big")
            + self.peer_seen.to_bytes(8, "big")
            + len(self.body).to_bytes(4, "big")
            + self.body
        )

    @property
    def text(self) -> str:
        """Read the body as text."""
        return self.body.decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What goes on the wire, and the opening that its sender keeps."""

    seq: int
    c: bytes
    ct: bytes
    key: bytes
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Keys of one direction of one conversation; `role` is the sender's."""

    sid: bytes
    role: str
    key: bytes
    iv: bytes

    def nonce(self, seq: int) -> bytes:
        """Mix the number into the iv, as TLS 1.3 does."""
        mixed = int.from_bytes(self.iv, "big") ^ seq
        return mixed.to_bytes(len(self.iv), "big")

    def associated(self, seq: int, c: bytes) -> bytes:
        """Bind number and commitment to the ciphertext."""
        head = b"SS1/msg\0" + self.sid + ROLE_BYTES[self.role]
        return head + seq.to_bytes(8, "big") + c

    def encrypt(self, seq: int, c: bytes, padded: bytes) -> bytes:
        """Apply AES-256-GCM to an already padded plaintext."""
        return AESGCM(self.key).encrypt(
            self.nonce(seq), padded, self.associated(seq, c)
        )


def frank(key: bytes, *, sid: bytes, role: str, payload: bytes) -> bytes:
    """Compute `C`."""
    return hmac.digest(key, b"SS1/frank\0" + sid + ROLE_BYTES[role] + payload, "sha256")


def pad(key: bytes, payload: bytes) -> bytes:
    """Write `PT`: key, length, payload, zeros up to the next bucket."""
    plain = key + len(payload).to_bytes(4, "big") + payload
    size = next(bucket for bucket in BUCKETS if bucket >= len(plain))
    return plain.ljust(size, b"\0")


def seal(direction: Direction, payload: Payload, *, key: bytes) -> Sealed:
    """Seal one payload under the fresh 32-byte `key`."""
    if len(payload.body) > MAX_BODY_BYTES:
        raise ValueError("a body has at most 4000 bytes")
    raw = payload.encode()
    c = frank(key, sid=direction.sid, role=direction.role, payload=raw)
    ct = direction.encrypt(payload.seq, c, pad(key, raw))
    return Sealed(seq=payload.seq, c=c, ct=ct, key=key, payload=raw)
