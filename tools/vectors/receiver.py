"""Vectors of the receiver: what is shown, ignored or ends the conversation.

Each case breaks one rule only. B receives; A has sent three messages that were
all right, B has sent two.
"""

from dataclasses import replace
from typing import Any

from vectors.collision import colliding
from vectors.handshakes import SID
from vectors.messages import A_TO_B, B_TO_A, OPENING_KEY, Message
from vectors.primitives import (
    NOTHING_SEEN,
    commit,
    mac,
    record,
    stamp_input,
    stamp_wire,
    u16,
    u32,
    u64,
)
from vectors.relay import KID, STAMP_KEY, TB

SLOT = 5
SEQ = 3
STATE = {
    "conversation": SID.hex(),
    "sender_role": "A",
    "key": A_TO_B.key.hex(),
    "iv": A_TO_B.iv.hex(),
    "kid": KID,
    "slot": SLOT,
    "expected_seq": str(SEQ),
    "messages_sent": "2",
    "previous": {"tb": TB, "rx_other": "1", "peer_seen": "0"},
}
HONEST = Message(name="honest", way=A_TO_B, seq=SEQ, peer_seen=1)


def _deliver(
    *,
    commitment: bytes = HONEST.commitment,
    sealed: bytes = HONEST.sealed,
    slot: int = SLOT,
    seq: int = SEQ,
    kid: int = KID,
    tb: int = TB,
    rx_other: int = 2,
    flags: int = 0,
) -> bytes:
    covered = stamp_input(
        kid=kid,
        sid=SID,
        role="A",
        seq=seq,
        tb=tb,
        rx_other=rx_other,
        flags=flags,
        commitment=commitment,
    )
    tag = mac(STAMP_KEY, covered)
    stamp = stamp_wire(kid=kid, tb=tb, rx_other=rx_other, flags=flags, tag=tag)
    return record(0x11, u16(slot) + u64(seq) + commitment + stamp + sealed)


def _framed(framed: bytes) -> bytes:
    """Deliver any bytes as a payload, committed to and sealed properly."""
    commitment = commit(OPENING_KEY, sid=SID, role="A", framed=framed)
    plain = OPENING_KEY + u32(len(framed)) + framed
    size = next(one for one in (128, 256, 4608) if one >= len(plain))
    return _sealed(plain.ljust(size, b"\0"), commitment)


def _sealed(plain: bytes, commitment: bytes = HONEST.commitment) -> bytes:
    sealed = A_TO_B.encrypt(SEQ, plain, commitment)
    return _deliver(commitment=commitment, sealed=sealed)


def _sent(message: Message, **stamped: int) -> bytes:
    return _deliver(commitment=message.commitment, sealed=message.sealed, **stamped)


def _flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


def _head(
    *,
    fver: int = 1,
    ptype: int = 1,
    seq: int = SEQ,
    peer_seen: int = 1,
    blen: int,
    body: bytes,
) -> bytes:
    return bytes((fver, ptype)) + u64(seq) + u64(peer_seen) + u32(blen) + body


def _two_keys() -> bytes:
    """Seal so that another key opens it too; the opening cannot match."""
    commitment = HONEST.commitment
    sealed = colliding(
        HONEST.plain,
        keys=(A_TO_B.key, bytes((0x99,)) * 32),
        nonce=A_TO_B.nonce(SEQ),
        associated=A_TO_B.associated(SEQ, commitment),
        free=1,
    )
    return _deliver(sealed=sealed)


def _shown() -> list[dict[str, Any]]:
    quiet = replace(HONEST, peer_seen=0)
    return [
        _show("honest", HONEST),
        _show("stamp with both flags", HONEST, flags=6),
        _show("time bucket six below the previous", HONEST, tb=TB - 6),
        _show("same peer_seen as before", quiet),
        _show("same rx_other as before", quiet, rx_other=1),
        _show("empty text", replace(HONEST, body=b"")),
        _show("note", replace(HONEST, ptype=4)),
        _show("longest text", replace(HONEST, body=b"x" * 4000)),
    ]


def _show(name: str, message: Message, **stamped: int) -> dict[str, Any]:
    shown = {"ptype": message.ptype, "body": message.body.hex()}
    return _case(name, "show", None, _sent(message, **stamped)) | {"shown": shown}


def _left() -> list[tuple[str, str, bytes]]:
    short, honest = HONEST.plain[:112], HONEST.sealed
    far = replace(HONEST, seq=SEQ + 1)
    return [
        ("R2", "a gap", _sent(far, seq=SEQ + 1)),
        ("R3", "ciphertext altered", _deliver(sealed=_flip(honest, 40))),
        ("R3", "tag altered", _deliver(sealed=_flip(honest, -1 % len(honest)))),
        ("R3", "commitment altered", _deliver(commitment=_flip(HONEST.commitment, 0))),
        ("R3", "sealed for another number", _sent(far)),
        (
            "R3",
            "sealed for another conversation",
            _sent(replace(HONEST, way=replace(A_TO_B, sid=bytes(16)))),
        ),
        ("R3", "own message returned", _sent(replace(HONEST, way=B_TO_A))),
        ("R4", "plaintext of no bucket's size", _sealed(short)),
        ("R4", "padding not zero", _sealed(HONEST.plain[:-1] + b"\1")),
        ("R5", "payload longer than its plaintext", _long_length()),
        ("R5", "payload shorter than its head", _framed(HONEST.framed[:21])),
        ("R6", "framing version 2", _framed(_head(fver=2, blen=2, body=b"hi"))),
        ("R7", "another number inside", _framed(_head(seq=4, blen=2, body=b"hi"))),
        ("R8", "body longer than it says", _framed(_head(blen=1, body=b"hi"))),
        ("R8", "body shorter than it says", _framed(_head(blen=3, body=b"hi"))),
        ("R8", "text that is not UTF-8", _framed(_head(blen=2, body=b"\xc3\x28"))),
        ("R8", "text with a surrogate", _framed(_head(blen=3, body=b"\xed\xa0\x80"))),
        ("R8", "note that is not UTF-8", _framed(_head(ptype=4, blen=1, body=b"\xff"))),
        ("R8", "body of 4001 bytes", _framed(_head(blen=4001, body=b"x" * 4001))),
        ("R9", "opening key of another message", _wrong_opening()),
        ("R9", "ciphertext that two keys open", _two_keys()),
        ("R10", "stamp of another key", _deliver(kid=KID + 1)),
        ("R10", "rx_other lower than before", _deliver(rx_other=0)),
        ("R10", "time bucket seven below the previous", _deliver(tb=TB - 7)),
        ("R10", "reserved flag 0", _deliver(flags=1)),
        ("R10", "reserved flag 3", _deliver(flags=8)),
        ("R10", "reserved flag 7", _deliver(flags=128)),
        ("R11", "saw what the relay had not handed over", _deliver(rx_other=1)),
        (
            "R11",
            "saw what was never sent",
            _sent(replace(HONEST, peer_seen=2), rx_other=3),
        ),
        ("R11", "saw less than before", _sent(replace(HONEST, peer_seen=NOTHING_SEEN))),
    ]


def _long_length() -> bytes:
    room = len(HONEST.plain) - 36
    plain = OPENING_KEY + u32(room + 1) + HONEST.plain[36:]
    return _sealed(plain)


def _wrong_opening() -> bytes:
    plain = bytes((0x34,)) * 32 + HONEST.plain[32:]
    return _sealed(plain)


def described() -> dict[str, Any]:
    """Describe the state before each case, and the cases."""
    unsupported = _framed(_head(ptype=0x7F, blen=2, body=b"\xff\xfe"))
    return {
        "state": STATE,
        "cases": [
            *_shown(),
            _case("unknown body type", "show_unsupported", None, unsupported),
            _case("another slot", "ignore", "R1", _deliver(slot=SLOT + 1)),
            _case(
                "a message that came already",
                "acknowledge_again",
                "R2",
                _sent(replace(HONEST, seq=SEQ - 1), seq=SEQ - 1),
            ),
            *(_case(name, "leave", rule, one) for rule, name, one in _left()),
        ],
    }


def _case(name: str, action: str, rule: str | None, deliver: bytes) -> dict[str, Any]:
    return {"name": name, "deliver": deliver.hex(), "action": action, "rule": rule}
