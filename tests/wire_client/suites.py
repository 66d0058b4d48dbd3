"""Key agreement of the two suites: 1 = X25519 (RFC 7748), 2 = P-256 (SEC 1).

The shared value Z is 32 bytes in both: the X25519 output, or the x coordinate
of the P-256 point. A bad public key raises `ValueError` before any use.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

X25519 = 1
P256 = 2
PUBLIC_KEY_BYTES = {X25519: 32, P256: 65}

PrivateKey = x25519.X25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One ephemeral key of one suite."""

    suite: int
    private: PrivateKey

    @property
    def public(self) -> bytes:
        """Write the public key as the suite says: raw, or `04 || X || Y`."""
        key = self.private.public_key()
        if self.suite == X25519:
            return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def agree(self, public: bytes) -> bytes:
        """Compute Z with the partner's public key."""
        if len(public) != PUBLIC_KEY_BYTES[self.suite]:
            raise ValueError("public key of a wrong length")
        if isinstance(self.private, x25519.X25519PrivateKey):
            return self.private.exchange(
                x25519.X25519PublicKey.from_public_bytes(public)
            )
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
        return self.private.exchange(ec.ECDH(), point)


def fresh_key(suite: int) -> KeyPair:
    """Draw a key pair."""
    if suite == X25519:
        return KeyPair(suite, x25519.X25519PrivateKey.generate())
    if suite == P256:
        return KeyPair(suite, ec.generate_private_key(ec.SECP256R1()))
    raise ValueError(f"unknown suite {suite}")


def key_of(suite: int, secret: bytes) -> KeyPair:
    """Make the key pair of a known 32-byte secret (test vectors)."""
    if suite == X25519:
        return KeyPair(suite, x25519.X25519PrivateKey.from_private_bytes(secret))
    scalar = int.from_bytes(secret, "big")
    return KeyPair(suite, ec.derive_private_key(scalar, ec.SECP256R1()))


def preferred_common(one: bytes | list[int], other: bytes | list[int]) -> int | None:
    """Name the suite both lists allow: 1 before 2; unknown numbers are ignored."""
    return next((s for s in (X25519, P256) if s in one and s in other), None)
