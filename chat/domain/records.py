"""Binary records: messages and acknowledgements, several in one frame.

What lives here: the bytes of docs/reference/protocol.md, section 4. What may
not: whether a record may come now (`direction.py`), or what a ciphertext holds.

How it works. A WebSocket message is one record or more, so that small ones can
ride along with larger ones:

    record    = type u8 || length u16 || body[length]
    01 MESSAGE  c>s  slot u16 || seq u64 || C[32] || ct
    02 ACK      c>s  slot u16 || next u64
    11 DELIVER  s>c  slot u16 || seq u64 || C[32] || stamp[47] || ct
    12 STAMPED  s>c  slot u16 || seq u64 || stamp[47]
    13 ACKED    s>c  slot u16 || next u64

All integers are big-endian. Lengths that do not add up spoil the whole frame;
otherwise each record is read, or refused, by itself.
"""

import struct
from typing import assert_never

from chat.domain.codes import FrameRefusedError
from chat.domain.effects import Acked, Deliver, Stamped
from chat.domain.inputs import Acknowledge, Message

MESSAGE, ACK = 0x01, 0x02
DELIVER, STAMPED, ACKED = 0x11, 0x12, 0x13

_HEAD = struct.Struct(">BH")
_NUMBERED = struct.Struct(">HQ")
_MESSAGE = struct.Struct(">HQ32s")
_HEAD_NUMBERED = struct.Struct(">BHHQ")


def split(frame: bytes) -> list[tuple[int, bytes]]:
    """Cut a frame into the types and bodies of its records, in order.

    Raises:
        FrameRefusedError: there is none, or their lengths do not add up.

    """
    records, at, end = [], 0, len(frame)
    while at + _HEAD.size <= end:
        kind, length = _HEAD.unpack_from(frame, at)
        body = at + _HEAD.size
        at = body + length
        records.append((kind, frame[body:at]))
    if at != end or not records:
        raise FrameRefusedError
    return records


def read(kind: int, body: bytes) -> Message | Acknowledge:
    """Read one record of a client.

    Raises:
        FrameRefusedError: an unknown type, or a body of the wrong length.

    """
    if kind == MESSAGE and len(body) >= _MESSAGE.size:
        slot, seq, commitment = _MESSAGE.unpack_from(body)
        return Message(
            slot=slot, seq=seq, commitment=commitment, ciphertext=body[_MESSAGE.size :]
        )
    if kind == ACK and len(body) == _NUMBERED.size:
        slot, next_seq = _NUMBERED.unpack(body)
        return Acknowledge(slot=slot, next=next_seq)
    raise FrameRefusedError


def write(effect: Deliver | Stamped | Acked) -> bytes:
    """Write one record of the server."""
    match effect:
        case Deliver():
            rest = effect.commitment + effect.stamp + effect.ciphertext
            return _numbered(DELIVER, effect.slot, effect.seq, rest)
        case Stamped():
            return _numbered(STAMPED, effect.slot, effect.seq, effect.stamp)
        case Acked():
            return _numbered(ACKED, effect.slot, effect.next, b"")
        case _:
            assert_never(effect)


def record(kind: int, body: bytes) -> bytes:
    """Write one record of any type."""
    return _HEAD.pack(kind, len(body)) + body


def _numbered(kind: int, slot: int, number: int, rest: bytes) -> bytes:
    length = _NUMBERED.size + len(rest)
    return _HEAD_NUMBERED.pack(kind, length, slot, number) + rest
