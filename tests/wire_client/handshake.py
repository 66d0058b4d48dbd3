"""Commit, reveal, confirm: how two clients agree on keys past the server.

Each side commits to its suites, key, certificate fingerprint and 32 random
bytes before it sees the partner's; the transcript of both is the HKDF salt, so
that any difference in what the two saw gives different keys and no confirm.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.wire_client.suites import KeyPair, preferred_common

NO_CALLS = bytes(32)
"""The fingerprint that says "no calls from me"."""

ROLE_BYTES = {"A": b"\x01", "B": b"\x02"}
OTHER_ROLE = {"A": "B", "B": "A"}


class IntegrityError(Exception):
    """A check of the handshake or of a message failed: leave with `integrity`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """What one side committed to."""

    suites: bytes
    suite: int
    public_key: bytes
    fingerprint: bytes
    random: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A reveal together with the commitment that it opens."""

    reveal: Reveal
    commitment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Everything derived from one handshake; names as in the specification."""

    shared: bytes
    transcript: bytes
    key: dict[str, bytes]
    iv: dict[str, bytes]
    confirm: dict[str, bytes]
    sas: bytes

    def confirmation(self, role: str) -> bytes:
        """Compute the mac that side `role` sends in `e2e.confirm`."""
        return hmac.digest(self.confirm[role], self.transcript, "sha256")


def lp(x: bytes) -> bytes:
    """Prefix with the length as u16."""
    return len(x).to_bytes(2, "big") + x


def commitment(reveal: Reveal, *, sid: bytes, role: str) -> bytes:
    """Compute `c_X` of one side."""
    return hashlib.sha256(
        b"SS1/commit\0"
        + sid
        + ROLE_BYTES[role]
        + bytes([len(reveal.suites)])
        + reveal.suites
        + lp(reveal.public_key)
        + reveal.fingerprint
        + reveal.random
    ).digest()


def check_reveal(
    theirs: Side, *, ours: Side, sid: bytes, their_role: str, named_suite: int
) -> None:
    """Refuse a reveal that does not open its commitment or mirrors ours."""
    reveal, own = theirs.reveal, ours.reveal
    opened = commitment(reveal, sid=sid, role=their_role)
    if not hmac.compare_digest(opened, theirs.commitment):
        raise IntegrityError("the reveal does not open the commitment")
    if preferred_common(own.suites, reveal.suites) != named_suite:
        raise IntegrityError("the named suite is not the preferred common one")
    if reveal.suite != named_suite:
        raise IntegrityError("the reveal is of another suite")
    if theirs.commitment == ours.commitment or reveal.public_key == own.public_key:
        raise IntegrityError("our own values came back")
    if reveal.random == own.random or len(reveal.random) != len(own.random):
        raise IntegrityError("the random bytes are ours, or of a wrong length")
    if len(reveal.fingerprint) != len(NO_CALLS):
        raise IntegrityError("a fingerprint of a wrong length")
    if reveal.fingerprint == own.fingerprint != NO_CALLS:
        raise IntegrityError("the certificate is ours")


def derive(key: KeyPair, *, sid: bytes, sides: dict[str, Side], own_role: str) -> Keys:
    """Derive all keys from both sides' checked values."""
    suite = sides[own_role].reveal.suite
    try:
        shared = key.agree(sides[OTHER_ROLE[own_role]].reveal.public_key)
    except ValueError as error:
        raise IntegrityError("the public key is not usable") from error
    transcript = hashlib.sha256(
        b"SS1/transcript\0\x01"
        + bytes([suite])
        + sid
        + sides["A"].commitment
        + sides["B"].commitment
        + b"".join(
            lp(sides[role].reveal.public_key)
            + sides[role].reveal.fingerprint
            + sides[role].reveal.random
            for role in "AB"
        )
    ).digest()

    def expand(info: str, length: int) -> bytes:
        kdf = HKDF(SHA256(), length, salt=transcript, info=info.encode())
        return kdf.derive(shared)

    return Keys(
        shared=shared,
        transcript=transcript,
        key={"A": expand("SS1/key/A>B", 32), "B": expand("SS1/key/B>A", 32)},
        iv={"A": expand("SS1/iv/A>B", 12), "B": expand("SS1/iv/B>A", 12)},
        confirm={"A": expand("SS1/confirm/A", 32), "B": expand("SS1/confirm/B", 32)},
        sas=expand("SS1/sas", 6),
    )


def safety_indices(sas: bytes) -> tuple[int, ...]:
    """Cut the first 42 bits into seven indices of six bits."""
    bits = int.from_bytes(sas, "big") >> 6
    return tuple((bits >> shift) & 63 for shift in range(36, -1, -6))
