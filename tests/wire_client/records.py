"""Binary messages: one or more records `type u8 || length u16 || body`."""

from dataclasses import dataclass

from tests.wire_client.stamps import STAMP_BYTES, Stamp

MESSAGE, ACK, DELIVER, STAMPED, ACKED = 0x01, 0x02, 0x11, 0x12, 0x13


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """A partner's message with its stamp."""

    slot: int
    seq: int
    c: bytes
    stamp: Stamp
    ct: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """The receipt of an own message."""

    slot: int
    seq: int
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Acked:
    """The partner has received and verified everything below `next`."""

    slot: int
    next: int


Received = Deliver | Stamped | Acked


def record(kind: int, body: bytes) -> bytes:
    """Write one record."""
    return bytes([kind]) + len(body).to_bytes(2, "big") + body


def message(*, slot: int, seq: int, c: bytes, ct: bytes) -> bytes:
    """Write a MESSAGE record."""
    body = slot.to_bytes(2, "big") + seq.to_bytes(8, "big") + c + ct
    return record(MESSAGE, body)


def ack(*, slot: int, up_to: int) -> bytes:
    """Write an ACK record: everything below `up_to` is verified."""
    return record(ACK, slot.to_bytes(2, "big") + up_to.to_bytes(8, "big"))


def split(raw: bytes) -> list[tuple[int, bytes]]:
    """Cut a binary message into (type, body) pairs.

    Raises:
        ValueError: the lengths do not add up.

    """
    found, at = [], 0
    while at < len(raw):
        end = at + 3 + int.from_bytes(raw[at + 1 : at + 3], "big")
        if at + 3 > len(raw) or end > len(raw):
            raise ValueError("record lengths do not add up")
        found.append((raw[at], raw[at + 3 : end]))
        at = end
    return found


def read(kind: int, body: bytes) -> Received | None:
    """Read one record of the server; an unknown type is nothing."""
    if kind not in (DELIVER, STAMPED, ACKED):
        return None
    slot, number = int.from_bytes(body[:2], "big"), int.from_bytes(body[2:10], "big")
    if kind == ACKED:
        return Acked(slot=slot, next=number)
    if kind == STAMPED:
        return Stamped(slot=slot, seq=number, stamp=Stamp.decode(body[10:]))
    after = 42 + STAMP_BYTES
    stamp = Stamp.decode(body[42:after])
    return Deliver(slot=slot, seq=number, c=body[10:42], stamp=stamp, ct=body[after:])
