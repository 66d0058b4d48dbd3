"""Vectors of what the relay makes: stamps, conversation tokens and records."""

from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vectors.handshakes import SID
from vectors.messages import FIRST
from vectors.primitives import mac, record, stamp_input, stamp_wire, u16, u32, u64

KID = 7
STAMP_KEY = bytes((0x44,)) * 32
TB = 178_000_000


def stamp_of(
    commitment: bytes,
    *,
    role: str = "A",
    seq: int = 0,
    kid: int = KID,
    tb: int = TB,
    rx_other: int = 0,
    flags: int = 0,
) -> dict[str, Any]:
    """Stamp a commitment and describe how."""
    covered = stamp_input(
        kid=kid,
        sid=SID,
        role=role,
        seq=seq,
        tb=tb,
        rx_other=rx_other,
        flags=flags,
        commitment=commitment,
    )
    tag = mac(STAMP_KEY, covered)
    wire = stamp_wire(kid=kid, tb=tb, rx_other=rx_other, flags=flags, tag=tag)
    return {
        "stamp_key": STAMP_KEY.hex(),
        "kid": kid,
        "conversation": SID.hex(),
        "role": role,
        "seq": str(seq),
        "tb": tb,
        "rx_other": str(rx_other),
        "flags": flags,
        "commitment": commitment.hex(),
        "stamp_input": covered.hex(),
        "tag": tag.hex(),
        "stamp": wire.hex(),
    }


def stamps() -> list[dict[str, Any]]:
    """Describe stamps with ordinary and with the largest numbers."""
    greeting = FIRST.commitment
    largest = stamp_of(
        bytes((0xFF,)) * 32,
        role="B",
        seq=2**64 - 1,
        kid=2**16 - 1,
        tb=2**32 - 1,
        rx_other=2**64 - 1,
        flags=6,
    )
    return [
        {"name": "the first message of A"} | stamp_of(greeting),
        {"name": "in a blurred call"} | stamp_of(greeting, seq=9, rx_other=3, flags=6),
        {"name": "the largest numbers"} | largest,
    ]


def conversation_tokens() -> list[dict[str, Any]]:
    """Describe sealed tokens of each mode."""
    return [
        _token(mode, number)
        for number, mode in enumerate(("text", "voice", "video"), 1)
    ]


def _token(mode: str, number: int) -> dict[str, Any]:
    context = {
        "sid": SID,
        "person_a": bytes((0xA0,)) * 16,
        "person_b": bytes((0xB0,)) * 16,
        "device_a": bytes((0xA8,)) * 8,
        "device_b": bytes((0xB8,)) * 8,
        "room": bytes(16),
        "started": u32(1_780_000_000),
        "mode": bytes((number,)),
    }
    key, nonce = bytes((0x88,)) * 32, bytes((number,)) * 12
    sealed = AESGCM(key).encrypt(nonce, b"".join(context.values()), b"SS1/session")
    return {
        "name": f"mode {mode}",
        "mode": mode,
        "kid": KID,
        "seal_key": key.hex(),
        "nonce": nonce.hex(),
        "context": {name: part.hex() for name, part in context.items()},
        "token": (b"\1" + u16(KID) + nonce + sealed).hex(),
    }


def records() -> dict[str, list[dict[str, Any]]]:
    """Describe whole binary frames, and such as are refused as `bad_frame`."""
    slot, stamp = u16(5), bytes.fromhex(stamp_of(FIRST.commitment)["stamp"])
    place = slot + u64(0)
    message = record(0x01, place + FIRST.commitment + FIRST.sealed)
    ack = record(0x02, slot + u64(2**40))
    deliver = record(0x11, place + FIRST.commitment + stamp + FIRST.sealed)
    stamped, acked = record(0x12, place + stamp), record(0x13, slot + u64(1))
    numbered = {"slot": 5, "seq": "0", "commitment": FIRST.commitment.hex()}
    sealed = {"ciphertext": FIRST.sealed.hex()}
    fields = {
        "MESSAGE": {"type": "MESSAGE"} | numbered | sealed,
        "ACK": {"type": "ACK", "slot": 5, "next": str(2**40)},
        "DELIVER": {"type": "DELIVER"} | numbered | {"stamp": stamp.hex()} | sealed,
        "STAMPED": {"type": "STAMPED", "slot": 5, "seq": "0", "stamp": stamp.hex()},
        "ACKED": {"type": "ACKED", "slot": 5, "next": "1"},
    }
    accepted = [
        _frame("MESSAGE", "client", message, [fields["MESSAGE"]]),
        _frame("ACK", "client", ack, [fields["ACK"]]),
        _frame(
            "ACK, MESSAGE", "client", ack + message, [fields["ACK"], fields["MESSAGE"]]
        ),
        _frame("DELIVER", "server", deliver, [fields["DELIVER"]]),
        _frame("STAMPED", "server", stamped, [fields["STAMPED"]]),
        _frame("ACKED", "server", acked, [fields["ACKED"]]),
        _frame(
            "ACKED, STAMPED, DELIVER",
            "server",
            acked + stamped + deliver,
            [fields["ACKED"], fields["STAMPED"], fields["DELIVER"]],
        ),
        _frame(
            "a type clients do not know is skipped",
            "server",
            record(0x7F, b"??") + acked,
            [fields["ACKED"]],
        ),
    ]
    return {"accepted": accepted, "refused": _refused(message, ack)}


def _frame(
    name: str, sender: str, frame: bytes, holds: list[dict[str, Any]]
) -> dict[str, Any]:
    return {"name": name, "from": sender, "frame": frame.hex(), "records": holds}


def _refused(message: bytes, ack: bytes) -> list[dict[str, Any]]:
    whole = {
        "nothing at all": b"",
        "half a head": ack + b"\x01\x00",
        "a length beyond the end": message[:-1],
        "a byte too many": ack + b"\x00",
    }
    alone = {
        "an unknown type": record(0x7F, b"??"),
        "a type only servers send": record(0x13, ack[3:]),
        "MESSAGE without room for its numbers": record(0x01, bytes(41)),
        "ACK too short": record(0x02, bytes(9)),
        "ACK too long": record(0x02, bytes(11)),
    }
    return [
        {"name": name, "from": "client", "refused": refused, "frame": frame.hex()}
        for refused, frames in (("frame", whole), ("record", alone))
        for name, frame in frames.items()
    ]
