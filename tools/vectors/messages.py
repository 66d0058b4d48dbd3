"""Vectors of messages and their padding."""

from dataclasses import dataclass
from typing import Any

from vectors.handshakes import SUITE_1, SUITE_2
from vectors.primitives import (
    BODY_MAX,
    BUCKETS,
    NOTHING_SEEN,
    Direction,
    commit,
    lp,
    padded,
    payload,
    sha256,
    u64,
)

OPENING_KEY = bytes((0x33,)) * 32
GREETING = "hello stranger 👋".encode()


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message and everything that follows from it."""

    name: str
    way: Direction
    seq: int = 0
    peer_seen: int = NOTHING_SEEN
    ptype: int = 1
    body: bytes = GREETING
    opening_key: bytes = OPENING_KEY

    @property
    def framed(self) -> bytes:
        """`P`."""
        return payload(
            seq=self.seq, peer_seen=self.peer_seen, ptype=self.ptype, body=self.body
        )

    @property
    def commitment(self) -> bytes:
        """`C`."""
        role, sid = self.way.role, self.way.sid
        return commit(self.opening_key, sid=sid, role=role, framed=self.framed)

    @property
    def plain(self) -> bytes:
        """`PT`."""
        return padded(self.opening_key, self.framed)

    @property
    def sealed(self) -> bytes:
        """`ct`."""
        return self.way.encrypt(self.seq, self.plain, self.commitment)

    def described(self) -> dict[str, Any]:
        """Describe inputs, intermediate values and results."""
        return {
            "name": self.name,
            "conversation": self.way.sid.hex(),
            "role": self.way.role,
            "key": self.way.key.hex(),
            "iv": self.way.iv.hex(),
            "seq": str(self.seq),
            "peer_seen": str(self.peer_seen),
            "ptype": self.ptype,
            "body": self.body.hex(),
            "opening_key": self.opening_key.hex(),
            "payload": self.framed.hex(),
            "commitment": self.commitment.hex(),
            "nonce": self.way.nonce(self.seq).hex(),
            "associated_data": self.way.associated(self.seq, self.commitment).hex(),
            "plaintext": self.plain.hex(),
            "ciphertext": self.sealed.hex(),
            "ciphertext_sha256": sha256(self.sealed).hex(),
        }


A_TO_B = SUITE_1.direction("A")
B_TO_A = SUITE_1.direction("B")
FIRST = Message(name="the first message of A, a greeting", way=A_TO_B)


def messages() -> list[dict[str, Any]]:
    """Describe one message for each bucket, each body type and each suite."""
    target = u64(3)
    sha = bytes((0x55,)) * 32
    kinds = [
        Message(name="note", way=B_TO_A, ptype=4, body=b"brb", seq=1, peer_seen=0),
        Message(
            name="reaction",
            way=A_TO_B,
            ptype=2,
            seq=4,
            body=b"\2" + target + b"\xf0\x9f\x91\x8d",
        ),
        Message(
            name="reaction taken back", way=A_TO_B, ptype=2, seq=5, body=b"\2" + target
        ),
        Message(
            name="edit of an own text", way=A_TO_B, ptype=3, seq=6, body=target + b"hi"
        ),
        Message(
            name="file offer",
            way=A_TO_B,
            ptype=0x10,
            seq=7,
            body=sha + u64(12) + b"\x0atext/plainnotes.txt",
        ),
        Message(
            name="empty text, large numbers",
            way=A_TO_B,
            body=b"",
            seq=2**40,
            peer_seen=2**33,
        ),
        Message(name="suite 2", way=SUITE_2.direction("A")),
    ]
    sizes = [
        Message(
            name=f"bucket {bucket}, full",
            way=B_TO_A,
            seq=place,
            peer_seen=place,
            body=bytes((0x61 + place,)) * min(bucket - 58, BODY_MAX),
            opening_key=bytes((0x70 + place,)) * 32,
        )
        for place, bucket in enumerate(BUCKETS)
    ]
    return [one.described() for one in (FIRST, *kinds, *sizes)]


def padding() -> list[dict[str, int]]:
    """List the bucket at both edges of each: bytes of a body and of a plaintext."""
    edges = {0, BODY_MAX}
    for bucket in BUCKETS[:-1]:
        edges |= {bucket - 58, bucket - 57}
    return [
        {
            "body_bytes": size,
            "plaintext_bytes": next(one for one in BUCKETS if one >= size + 58),
        }
        for size in sorted(edges)
    ]


def length_prefixed() -> list[dict[str, str]]:
    """Show `lp`."""
    return [
        {"part": one.hex(), "lp": lp(one).hex()} for one in (b"", b"ab", bytes(300))
    ]
