"""Vectors of the handshake: honest ones, and what a client has to refuse."""

from dataclasses import dataclass, replace
from typing import Any

from vectors.primitives import (
    ROLE,
    Direction,
    PrivateKey,
    exchange,
    hkdf,
    lp,
    mac,
    pkcs8,
    private_key,
    public_key,
    sha256,
)

SID = bytes(range(16))


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one side commits to."""

    role: str
    suites: bytes
    key: PrivateKey
    public: bytes
    fingerprint: bytes
    random: bytes

    def commitment(self) -> bytes:
        """Compute `c_X`."""
        label = b"SS1/commit\0" + SID + ROLE[self.role]
        listed = bytes((len(self.suites),)) + self.suites
        return sha256(label + listed + lp(self.public) + self.fingerprint + self.random)


@dataclass(frozen=True, kw_only=True)
class Handshake:
    """Two sides that agreed on a suite."""

    suite: int
    a: Side
    b: Side

    @property
    def transcript(self) -> bytes:
        """Compute `TH`."""
        sides = (self.a, self.b)
        commitments = b"".join(side.commitment() for side in sides)
        reveals = b"".join(
            lp(side.public) + side.fingerprint + side.random for side in sides
        )
        head = b"SS1/transcript\0" + bytes((1, self.suite)) + SID
        return sha256(head + commitments + reveals)

    @property
    def shared(self) -> bytes:
        """Compute `Z`."""
        return exchange(self.a.key, self.b.public)

    def derive(self, info: str, length: int) -> bytes:
        """Derive one of the keys."""
        return hkdf(
            self.shared, salt=self.transcript, info=f"SS1/{info}", length=length
        )

    def direction(self, role: str) -> Direction:
        """Derive the keys of one way."""
        way = "A>B" if role == "A" else "B>A"
        key, iv = self.derive(f"key/{way}", 32), self.derive(f"iv/{way}", 12)
        return Direction(sid=SID, role=role, key=key, iv=iv)

    def confirm(self, role: str) -> bytes:
        """Compute the confirmation of one side."""
        return mac(self.derive(f"confirm/{role}", 32), self.transcript)


def side(
    role: str, suite: int, suites: bytes, secret: int, fill: tuple[int, int]
) -> Side:
    """Make a side whose inputs are repeated bytes."""
    key = private_key(suite, bytes((secret,)) * 32)
    return Side(
        role=role,
        suites=suites,
        key=key,
        public=public_key(key),
        fingerprint=bytes((fill[0],)) * 32,
        random=bytes((fill[1],)) * 32,
    )


SUITE_1 = Handshake(
    suite=1,
    a=side("A", 1, b"\x01\x02", 0x11, (0x0A, 0xA1)),
    b=side("B", 1, b"\x01\x02", 0x22, (0x0B, 0xB2)),
)
SUITE_2 = Handshake(
    suite=2,
    a=side("A", 2, b"\x01\x02", 0x55, (0x0C, 0xC3)),
    b=side("B", 2, b"\x02", 0x66, (0x00, 0xD4)),
)


def indices(sas: bytes, count: int = 7) -> list[int]:
    """Cut the first bits of `sas` into numbers of six bits."""
    bits = int.from_bytes(sas, "big")
    total = 8 * len(sas)
    return [bits >> (total - 6 * place) & 63 for place in range(1, count + 1)]


def described() -> list[dict[str, Any]]:
    """Describe the honest handshakes, every intermediate value included."""
    return [
        _handshake("suite 1, X25519", SUITE_1),
        _handshake("suite 2, P-256; B lists only suite 2 and takes no calls", SUITE_2),
    ]


def _handshake(name: str, agreed: Handshake) -> dict[str, Any]:
    sas = agreed.derive("sas", 6)
    return {
        "name": name,
        "suite": agreed.suite,
        "conversation": SID.hex(),
        "sides": {"A": _side(agreed.a), "B": _side(agreed.b)},
        "transcript_hash": agreed.transcript.hex(),
        "shared_secret": agreed.shared.hex(),
        "keys": {"a_to_b": _way(agreed, "A"), "b_to_a": _way(agreed, "B")},
        "confirm": {role: _confirm(agreed, role) for role in "AB"},
        "sas": sas.hex(),
        "safety_code": indices(sas),
    }


def _side(one: Side) -> dict[str, str]:
    secret = pkcs8(one.key)
    return {
        "private_key_pkcs8": secret.hex(),
        "public_key": one.public.hex(),
        "suites": one.suites.hex(),
        "fingerprint": one.fingerprint.hex(),
        "random": one.random.hex(),
        "commitment": one.commitment().hex(),
    }


def _way(agreed: Handshake, role: str) -> dict[str, str]:
    way = agreed.direction(role)
    return {"key": way.key.hex(), "iv": way.iv.hex()}


def _confirm(agreed: Handshake, role: str) -> dict[str, str]:
    key = agreed.derive(f"confirm/{role}", 32)
    return {"key": key.hex(), "mac": agreed.confirm(role).hex()}


def refusals() -> list[dict[str, Any]]:
    """List what side A gets from a dishonest partner or server, and must refuse."""
    one, two = SUITE_1, SUITE_2
    off_curve = two.b.public[:-1] + bytes((two.b.public[-1] ^ 1,))
    return [
        _refusal("commitment altered", "reveal", one, one.b, flip="commitment"),
        _refusal("confirmation altered", "confirm", one, one.b, flip="confirm"),
        _refusal("partner returns A's own values", "commit", one, one.a),
        _refusal("partner has A's public key", "reveal", one, _as_b(one.a)),
        _refusal(
            "server names suite 2 although both list 1",
            "reveal",
            two,
            replace(two.b, suites=b"\x01\x02"),
        ),
        _refusal(
            "server names suite 2, which the partner does not list",
            "reveal",
            two,
            replace(two.b, suites=b"\x01"),
        ),
        _refusal(
            "X25519 point of order one: the shared secret is zero",
            "derive",
            one,
            replace(one.b, public=bytes(32)),
        ),
        _refusal("public key too short", "derive", one, _cut(one.b)),
        _refusal(
            "P-256 point off the curve", "derive", two, replace(two.b, public=off_curve)
        ),
    ]


def _as_b(one: Side) -> Side:
    return replace(one, role="B", random=bytes(32))


def _cut(one: Side) -> Side:
    return replace(one, public=one.public[:-1])


def _refusal(
    name: str, refused_at: str, agreed: Handshake, partner: Side, flip: str = ""
) -> dict[str, Any]:
    said = {
        "commitment": partner.commitment(),
        "confirm": agreed.confirm("B"),
    }
    if flip:
        said[flip] = bytes((said[flip][0] ^ 1,)) + said[flip][1:]
    return {
        "name": name,
        "handshake_of_a": 0 if agreed is SUITE_1 else 1,
        "suite_named": agreed.suite,
        "refused_at": refused_at,
        "partner": {
            "commitment": said["commitment"].hex(),
            "suites": partner.suites.hex(),
            "public_key": partner.public.hex(),
            "fingerprint": partner.fingerprint.hex(),
            "random": partner.random.hex(),
            "confirm": said["confirm"].hex(),
        },
    }
