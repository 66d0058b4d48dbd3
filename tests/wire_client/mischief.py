"""What a hostile or broken client sends: malformed, forged, out of place.

Everything here breaks one rule only, so that a refusal names that rule.
"""

import json
import os
from collections.abc import Iterator

from tests.wire_client import franking, records
from tests.wire_client.bytes64 import to_text
from tests.wire_client.conversation import Conversation
from tests.wire_client.franking import Payload, Sealed, frank, pad

OVERSIZED_BYTES = 65_537

BAD_TEXT = {
    "not json": "{hello",
    "an array": '["ping"]',
    "a number": "7",
    "null": "null",
    "no type": "{}",
    "a type that is a list": '{"type": ["ping"]}',
    "nesting without end": "[" * 5000,
    "nan": '{"type": "ping", "t": NaN}',
    "a conversation that is no bytes": json.dumps(
        {"type": "typing", "conversation": "%%%", "active": True}
    ),
}
"""Text messages that are `bad_frame` at any time, by what is wrong with them."""

BAD_JOINS: dict[str, dict[str, object]] = {
    "a mode that is a number": {"mode": 3},
    "an unheard-of mode": {"mode": "smell"},
    "interests as text": {"interests": "jazz"},
    "a long interest": {"interests": ["x" * 33]},
    "eleven interests": {"interests": [f"interest {number}" for number in range(11)]},
    "six languages": {"languages": ["en", "de", "fr", "es", "it", "pt"]},
    "a language of nowhere": {"languages": ["not a language"]},
    "an unheard-of region": {"region": "moon"},
    "an unheard-of strictness": {"strictness": "rude"},
    "strict without a wish": {"strictness": "strict"},
    "no suite at all": {"suites": []},
}
"""What makes a `queue.join` of mode text a `bad_frame`."""


def bad_records(talk: Conversation) -> dict[str, bytes]:
    """Write binary messages that are `bad_frame`, by what is wrong with them."""
    slot = talk.slot.to_bytes(2, "big")
    head = slot + bytes(8) + bytes(32)
    good = records.message(slot=talk.slot, seq=0, c=bytes(32), ct=bytes(144))
    return {
        "half a header": b"\x01\x00",
        "a length beyond the end": b"\x01\xff\xff" + head,
        "bytes after the last record": good + b"\x01",
        "a message without ciphertext": records.record(records.MESSAGE, head),
        "a ciphertext of no bucket": records.record(records.MESSAGE, head + bytes(145)),
        "a short acknowledgement": records.record(records.ACK, slot + bytes(7)),
        "a long acknowledgement": records.record(records.ACK, slot + bytes(9)),
        "an unknown record": records.record(0x7F, slot + bytes(8)),
        "a record of the server's": records.record(records.ACKED, slot + bytes(8)),
        "an acknowledgement of the future": records.ack(slot=talk.slot, up_to=2**40),
    }


def foreign_frames(name: str) -> Iterator[dict[str, object]]:
    """Write one frame of every kind about a conversation one is not in."""
    about: dict[str, object] = {"conversation": name}
    yield about | {"type": "typing", "active": True}
    yield about | {"type": "e2e.commit", "commitment": to_text(os.urandom(32))}
    yield about | {
        "type": "e2e.reveal",
        "suites": to_text(b"\x01\x02"),
        "suite": 1,
        "public_key": to_text(os.urandom(32)),
        "fingerprint": to_text(bytes(32)),
        "random": to_text(os.urandom(32)),
    }
    yield about | {"type": "e2e.confirm", "mac": to_text(os.urandom(32))}
    yield about | {"type": "signal", "description": {"type": "offer", "sdp": "v=0\r\n"}}
    yield about | {"type": "signal", "candidate": None}
    yield about | {"type": "ladder.propose", "step": "voice"}
    yield about | {"type": "ladder.accept", "step": "voice"}
    yield about | {"type": "ladder.down", "step": "text"}
    yield about | {"type": "conversation.leave", "reason": "next"}


def forged(talk: Conversation, what: str) -> Sealed:
    """Seal the next message so that exactly one receiver's check must refuse it.

    Args:
        talk: a conversation past its handshake.
        what: the drop code, R3 to R9 or R11.

    """
    way = talk.direction(talk.role)
    seq = len(talk.sealed)
    seen = talk.told - 1 if talk.told else franking.NOTHING_SEEN
    payload = Payload(seq=seq, peer_seen=seen, body=b"you must never see this")
    key, opened = os.urandom(32), b""
    if what == "R6":
        opened = b"\x02" + payload.encode()[1:]
    elif what == "R7":
        opened = Payload(seq=seq + 1, peer_seen=seen, body=payload.body).encode()
    elif what == "R8":
        opened = Payload(seq=seq, peer_seen=seen, body=b"never \xff\xfe").encode()
    elif what == "R11":
        opened = Payload(seq=seq, peer_seen=talk.told + 5, body=payload.body).encode()
    raw = opened or payload.encode()
    c = frank(key, sid=talk.sid, role=talk.role, payload=raw)
    padded = pad(key, raw)
    if what == "R4":
        padded = padded[:-1] + b"\x01"
    elif what == "R5":
        padded = padded[:32] + (5000).to_bytes(4, "big") + padded[36:]
    elif what == "R9":
        c = os.urandom(32)
    ct = way.encrypt(seq, c, padded)
    if what == "R3":
        ct = bytes([ct[0] ^ 1]) + ct[1:]
    sealed = Sealed(seq=seq, c=c, ct=ct, key=key, payload=raw)
    talk.sealed[seq] = sealed
    return sealed
