"""Commitments and stamps: what lets a message be proved later, and only then.

What lives here: the commitment `C` that a sender puts beside a ciphertext and
the stamp that the relay puts on it. What may not: content (the server never
has a key that opens a ciphertext), key storage, sequence rules (`chat.domain`).

How it works. A sender commits to a payload with a fresh 32-byte key, which
only the receiver learns, inside the ciphertext. The relay cannot read the
payload; it stamps the commitment together with where, when and after what it
was sent. Who later reveals key and payload lets the server recompute both
values: the receiver cannot invent a message, the sender cannot deny one.

Source: docs/reference/protocol.md, section 4; the construction is Facebook's
message franking, analysed by Grubbs, Lu and Ristenpart (CRYPTO 2017).
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import lru_cache
from typing import Self

from common.ids import ConversationId

COMMITMENT_BYTES = 32
OPENING_KEY_BYTES = 32
TIME_BUCKET_SECONDS = 10
"""Stamps tell the time this roughly: enough for order, too little to track."""

_CONVERSATION_BYTES = 16
_COMMIT_LABEL = b"SS1/frank\0"
_STAMP_LABEL = b"SSSTAMP1"
_STAMP_INPUT = struct.Struct(">8sH16sBQIQB32s")
_STAMP_WIRE = struct.Struct(">HIQB32s")


class Role(IntEnum):
    """The two sides of a conversation; the value is the byte that is hashed."""

    A = 1
    B = 2

    @property
    def other(self) -> "Role":
        """Name the partner's side."""
        return _OTHER[self]


_OTHER = {Role.A: Role.B, Role.B: Role.A}


class StampFlag(IntFlag):
    """What was going on when a message was stamped; other bits are zero."""

    MEDIA = 0b010
    """The ladder stood above `text`."""
    BLURRED = 0b100
    """The ladder stood at `blurred`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The relay's word on one message, 47 bytes on the wire.

    Attributes:
        kid: number of the stamp key, u16.
        tb: time bucket, u32, units of `TIME_BUCKET_SECONDS` since 1970.
        rx_other: how many messages of the other side the sender's client had
            received and verified, u64.
        flags: `StampFlag` bits, u8.
        tag: HMAC-SHA-256 over `stamp_input`, 32 bytes.

    """

    kid: int
    tb: int
    rx_other: int
    flags: int
    tag: bytes

    def encode(self) -> bytes:
        """Write `kid || tb || rx_other || flags || tag`, 47 bytes."""
        return _STAMP_WIRE.pack(self.kid, self.tb, self.rx_other, self.flags, self.tag)

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """Read 47 bytes.

        Raises:
            ValueError: any other length.

        """
        if len(raw) != STAMP_BYTES:
            raise ValueError(f"a stamp has {STAMP_BYTES} bytes, not {len(raw)}")
        kid, tb, rx_other, flags, tag = _STAMP_WIRE.unpack(raw)
        return cls(kid=kid, tb=tb, rx_other=rx_other, flags=flags, tag=tag)


STAMP_BYTES = _STAMP_WIRE.size


def time_bucket(unix: float) -> int:
    """Round a time in seconds since 1970 down to its bucket."""
    return int(unix // TIME_BUCKET_SECONDS)


def commitment(
    *, key: bytes, conversation: ConversationId, role: Role, payload: bytes
) -> bytes:
    """Compute `C`, 32 bytes, of a payload.

    Args:
        key: the opening key `k_f`, exactly 32 bytes: HMAC pads shorter keys
            with zeros, which would let two keys open one commitment.
        conversation: 16 bytes.
        role: who sent it.
        payload: the framed message `P`.

    Raises:
        ValueError: a key or conversation of another length.

    """
    _require(key, OPENING_KEY_BYTES, "an opening key")
    _require(conversation, _CONVERSATION_BYTES, "a conversation")
    framed = _COMMIT_LABEL + conversation + bytes((role,)) + payload
    return hmac.digest(key, framed, hashlib.sha256)


def stamp_input(
    *,
    kid: int,
    conversation: ConversationId,
    role: Role,
    seq: int,
    tb: int,
    rx_other: int,
    flags: int,
    commitment: bytes,
) -> bytes:
    """Lay out the 80 bytes that a stamp's tag is computed over.

    Raises:
        ValueError: a conversation or commitment of the wrong length, or a
            number outside its field.

    """
    _require(conversation, _CONVERSATION_BYTES, "a conversation")
    _require(commitment, COMMITMENT_BYTES, "a commitment")
    try:
        return _STAMP_INPUT.pack(
            _STAMP_LABEL, kid, conversation, role, seq, tb, rx_other, flags, commitment
        )
    except struct.error as error:
        raise ValueError(str(error)) from error


def stamp(
    *,
    key: bytes,
    kid: int,
    conversation: ConversationId,
    role: Role,
    seq: int,
    tb: int,
    rx_other: int,
    flags: int,
    commitment: bytes,
) -> Stamp:
    """Stamp one commitment with the key numbered `kid`.

    Raises:
        ValueError: as `stamp_input`.

    """
    raw = stamp_encoded(
        key=key,
        kid=kid,
        conversation=conversation,
        role=role,
        seq=seq,
        tb=tb,
        rx_other=rx_other,
        flags=flags,
        commitment=commitment,
    )
    return Stamp.decode(raw)


def stamp_encoded(
    *,
    key: bytes,
    kid: int,
    conversation: ConversationId,
    role: Role,
    seq: int,
    tb: int,
    rx_other: int,
    flags: int,
    commitment: bytes,
) -> bytes:
    """Make a stamp as it stands on the wire, 47 bytes.

    Raises:
        ValueError: as `stamp_input`.

    """
    stamped = stamp_input(
        kid=kid,
        conversation=conversation,
        role=role,
        seq=seq,
        tb=tb,
        rx_other=rx_other,
        flags=flags,
        commitment=commitment,
    )
    mac = _keyed(key).copy()
    mac.update(stamped)
    return _STAMP_WIRE.pack(kid, tb, rx_other, flags, mac.digest())


def stamp_valid(
    claimed: Stamp,
    *,
    key: bytes,
    conversation: ConversationId,
    role: Role,
    seq: int,
    commitment: bytes,
) -> bool:
    """Say, in constant time, whether this key made the stamp for this message."""
    made = stamp(
        key=key,
        kid=claimed.kid,
        conversation=conversation,
        role=role,
        seq=seq,
        tb=claimed.tb,
        rx_other=claimed.rx_other,
        flags=claimed.flags,
        commitment=commitment,
    )
    return hmac.compare_digest(made.tag, claimed.tag)


@lru_cache(maxsize=2)
def _keyed(key: bytes) -> hmac.HMAC:
    """Prepare a key once: that costs three times the stamp of one message.

    There are the key of the day and, for some hours, the one before it.
    """
    return hmac.new(key, digestmod=hashlib.sha256)


def _require(value: bytes, length: int, name: str) -> None:
    if len(value) != length:
        raise ValueError(f"{name} has {length} bytes, not {len(value)}")
