"""The formulas of docs/reference/protocol.md, sections 3 and 4, as written."""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

BUCKETS = (128, 256, 512, 1024, 2048, 4608)
BODY_MAX = 4000
NOTHING_SEEN = 2**64 - 1
ROLE = {"A": b"\x01", "B": b"\x02"}

PrivateKey = x25519.X25519PrivateKey | ec.EllipticCurvePrivateKey


def u16(number: int) -> bytes:
    """Write a number in two bytes, big-endian."""
    return number.to_bytes(2, "big")


def u32(number: int) -> bytes:
    """Write a number in four bytes, big-endian."""
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    """Write a number in eight bytes, big-endian."""
    return number.to_bytes(8, "big")


def lp(part: bytes) -> bytes:
    """Put the length before a part."""
    return u16(len(part)) + part


def mac(key: bytes, covered: bytes) -> bytes:
    """HMAC-SHA-256."""
    return hmac.digest(key, covered, hashlib.sha256)


def sha256(covered: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(covered).digest()


def private_key(suite: int, secret: bytes) -> PrivateKey:
    """Make the private key of a known 32-byte secret."""
    if suite == 1:
        return x25519.X25519PrivateKey.from_private_bytes(secret)
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def public_key(key: PrivateKey) -> bytes:
    """Write a public key: raw for X25519, uncompressed point for P-256."""
    if isinstance(key, x25519.X25519PrivateKey):
        return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def pkcs8(key: PrivateKey) -> bytes:
    """Write a private key as WebCrypto imports it."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def exchange(key: PrivateKey, peer: bytes) -> bytes:
    """Agree on Z, 32 bytes."""
    if isinstance(key, x25519.X25519PrivateKey):
        return key.exchange(x25519.X25519PublicKey.from_public_bytes(peer))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), peer)
    return key.exchange(ec.ECDH(), point)


def hkdf(shared: bytes, *, salt: bytes, info: str, length: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869)."""
    kdf = HKDF(algorithm=SHA256(), length=length, salt=salt, info=info.encode())
    return kdf.derive(shared)


def payload(*, seq: int, peer_seen: int, ptype: int, body: bytes) -> bytes:
    """Frame a body: `P`."""
    head = bytes((1, ptype)) + u64(seq) + u64(peer_seen)
    return head + u32(len(body)) + body


def commit(opening_key: bytes, *, sid: bytes, role: str, framed: bytes) -> bytes:
    """Compute `C`."""
    return mac(opening_key, b"SS1/frank\0" + sid + ROLE[role] + framed)


def padded(opening_key: bytes, framed: bytes) -> bytes:
    """Lay out the plaintext and fill it with zeros to the next bucket."""
    plain = opening_key + u32(len(framed)) + framed
    bucket = next(size for size in BUCKETS if size >= len(plain))
    return plain.ljust(bucket, b"\0")


@dataclass(frozen=True, kw_only=True)
class Direction:
    """One way of a conversation: who sends, under which key."""

    sid: bytes
    role: str
    key: bytes
    iv: bytes

    def nonce(self, seq: int) -> bytes:
        """Mix the sequence number into the vector."""
        counter = u32(0) + u64(seq)
        return bytes(one ^ other for one, other in zip(self.iv, counter, strict=True))

    def associated(self, seq: int, commitment: bytes) -> bytes:
        """Lay out what is authenticated beside the plaintext."""
        return b"SS1/msg\0" + self.sid + ROLE[self.role] + u64(seq) + commitment

    def encrypt(self, seq: int, plain: bytes, commitment: bytes) -> bytes:
        """AES-256-GCM."""
        associated = self.associated(seq, commitment)
        return AESGCM(self.key).encrypt(self.nonce(seq), plain, associated)


def stamp_input(
    *,
    kid: int,
    sid: bytes,
    role: str,
    seq: int,
    tb: int,
    rx_other: int,
    flags: int,
    commitment: bytes,
) -> bytes:
    """Lay out the 80 bytes that a stamp covers."""
    place = b"SSSTAMP1" + u16(kid) + sid + ROLE[role] + u64(seq)
    return place + u32(tb) + u64(rx_other) + bytes((flags,)) + commitment


def stamp_wire(*, kid: int, tb: int, rx_other: int, flags: int, tag: bytes) -> bytes:
    """Write a stamp, 47 bytes."""
    return u16(kid) + u32(tb) + u64(rx_other) + bytes((flags,)) + tag


def record(kind: int, body: bytes) -> bytes:
    """Write one record."""
    return bytes((kind,)) + u16(len(body)) + body
