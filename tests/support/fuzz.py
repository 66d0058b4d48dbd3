"""Frames that no honest client sends, from a seeded generator.

Half are made from valid ones by small changes, so that they reach deep into the
server; the rest is noise, valid frames at the wrong time, and sizes at the bounds.
"""

import json
import random
from collections.abc import Iterator
from typing import Any

LIMIT = 64 * 1024
KEY = "A" * 43
"""32 zero bytes as they stand in JSON frames."""
CONVERSATION = "A" * 22

VALID: tuple[dict[str, Any], ...] = (
    {"type": "ping", "t": 1},
    {"type": "queue.join", "mode": "text", "interests": [], "languages": ["en"]},
    {"type": "queue.join", "mode": "voice", "interests": ["x"], "languages": []},
    {"type": "queue.leave"},
    {"type": "e2e.commit", "conversation": CONVERSATION, "commitment": KEY},
    {
        "type": "e2e.reveal",
        "conversation": CONVERSATION,
        "suites": "AQI",
        "suite": 1,
        "public_key": KEY,
        "fingerprint": KEY,
        "random": KEY,
    },
    {"type": "e2e.confirm", "conversation": CONVERSATION, "mac": KEY},
    {
        "type": "signal",
        "conversation": CONVERSATION,
        "description": {"type": "offer", "sdp": "v=0\r\n"},
    },
    {
        "type": "signal",
        "conversation": CONVERSATION,
        "candidate": {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host"},
    },
    {"type": "ice.refresh", "conversation": CONVERSATION},
    {"type": "ladder.propose", "conversation": CONVERSATION, "step": "clear"},
    {"type": "route.propose", "conversation": CONVERSATION},
    {"type": "typing", "conversation": CONVERSATION, "active": True},
    {"type": "conversation.leave", "conversation": CONVERSATION, "reason": "next"},
    {"type": "conversation.again", "conversation": CONVERSATION},
    {
        "type": "resume",
        "conversation": CONVERSATION,
        "resume_token": "A" * 100,
        "received": 0,
    },
)
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**64,
    10**400,
    1e308,
    "",
    "\x00",
    "\ud800",
    "x" * 5000,
    [],
    {},
    [[[[[]]]]],
    "text",
)


def frames(seed: int) -> Iterator[str | bytes]:
    """Make frames for ever; the same seed makes the same ones."""
    draw = random.Random(seed)
    makers = (changed, changed, record, record, noise, broken_text, sized, untouched)
    while True:
        yield draw.choice(makers)(draw)


def untouched(draw: random.Random) -> str:
    return json.dumps(draw.choice(VALID))


def changed(draw: random.Random) -> str:
    """Change, drop or add members of a valid frame."""
    frame = dict(draw.choice(VALID))
    for _ in range(draw.randint(1, 3)):
        name = draw.choice([*frame, "id", "resume_token", "extra"])
        if draw.random() < 0.3:
            frame.pop(name, None)
        else:
            frame[name] = draw.choice(ODD)
    return json.dumps(frame, allow_nan=True)


def broken_text(draw: random.Random) -> str:
    """Cut, double or nest text until it is hardly JSON any more."""
    text = json.dumps(draw.choice(VALID))
    at = draw.randrange(len(text))
    return draw.choice(
        (
            text[:at],
            text + text,
            text[:at] + chr(draw.randrange(0x20, 0xD7FF)) + text[at:],
            "[" * draw.choice((10, 1000, 60_000)),
            '{"type":' * draw.choice((3, 3000)),
            '{"type":"ping","t":NaN}',
            '{"type":"ping","type":"queue.join","t":1}',
            '{"type":"ping","t":1' + "0" * 5000 + "}",
            '"\\ud800"',
        )
    )


def record(draw: random.Random) -> bytes:
    """Make a record, or several, with lengths and numbers that may be wrong."""
    return b"".join(_one_record(draw) for _ in range(draw.randint(1, 3)))


def _one_record(draw: random.Random) -> bytes:
    kind = draw.choice((1, 2, 1, 2, 0x11, 0x13, draw.randrange(256)))
    numbers = draw.choice((0, 1, 2**16 - 1)).to_bytes(2, "big")
    numbers += draw.choice((0, 1, 33, 2**64 - 1)).to_bytes(8, "big")
    size = draw.choice((0, 8, 32, 32 + 144, 32 + 143, 32 + 272, 5000))
    body = draw.choice((numbers, numbers + draw.randbytes(size), draw.randbytes(size)))
    length = len(body) + draw.choice((0, 0, 0, 1, -1, 1000))
    return bytes((kind,)) + max(0, min(length, 2**16 - 1)).to_bytes(2, "big") + body


def noise(draw: random.Random) -> str | bytes:
    raw = draw.randbytes(draw.choice((0, 1, 3, 40, 400)))
    return raw if draw.random() < 0.5 else raw.decode("latin-1")


def sized(draw: random.Random) -> str | bytes:
    """Stand just at the limit of a frame, or (seldom) just above it."""
    if draw.random() < 0.98:
        return draw.randbytes(draw.choice((LIMIT - 1, LIMIT)) if _seldom(draw) else 100)
    return draw.choice((bytes(LIMIT + 1), "x" * (LIMIT + 1), "é" * (LIMIT // 2 + 1)))


def _seldom(draw: random.Random) -> bool:
    return draw.random() < 0.05
