"""Writing the server's frames as JSON.

Bytes become base64url, instants RFC 3339 in UTC, and every error gets the one
sentence of its code. The JSON is ASCII, so its length in characters is its
length in bytes.
"""

import json
import math
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from chat.domain.codes import Code
from chat.domain.inputs import Candidate, Describe
from chat.protocol.server import PASSED_TYPES, ErrorFrame, Passed, ServerFrame
from common.encoding import b64u_encode

_MESSAGES = {
    Code.BAD_FRAME: "This frame is not of the protocol.",
    Code.UNKNOWN_TYPE: "This server does not know that type of frame.",
    Code.TOO_LARGE: "This is larger than the protocol allows.",
    Code.RATE_LIMITED: "Too many of these at once.",
    Code.NOT_IN_CONVERSATION: "This socket is not in that conversation.",
    Code.ALREADY_IN_CONVERSATION: "This socket is in a conversation already.",
    Code.BAD_SEQUENCE: "This is not the next message.",
    Code.WINDOW_FULL: "Too many messages wait for an acknowledgement.",
    Code.NOT_ALLOWED: "That is not possible now.",
    Code.MODE_NOT_ALLOWED: "That is more than this conversation or visitor may.",
    Code.SUSPENDED: "This visitor is suspended.",
    Code.OVERLOADED: "The server is too busy. Try again in a moment.",
    Code.INTERNAL: "Something broke on the server.",
}


def error(
    code: Code, *, retry_after_seconds: float | None = None, **about: Any
) -> ErrorFrame:
    """Make an `error` with the sentence of its code."""
    wait = retry_after_seconds
    return ErrorFrame(
        code=code,
        message=_MESSAGES[code],
        retry_after_ms=None if wait is None else math.ceil(wait * 1000),
        **about,
    )


def instant(unix: float) -> datetime:
    """Turn seconds since 1970 into what frames carry."""
    return datetime.fromtimestamp(unix, UTC)


def encode(frame: ServerFrame) -> str:
    """Write a frame as JSON, in ASCII."""
    if isinstance(frame, Passed):
        body = _passed(frame)
    else:
        body = {"type": frame.type, **_members(frame)}
    return json.dumps(body, separators=(",", ":"))


def _passed(frame: Passed) -> dict[str, Any]:
    head = {
        "type": PASSED_TYPES[type(frame.said)],
        "conversation": b64u_encode(frame.conversation),
    }
    match frame.said:
        case Describe(kind=kind, sdp=sdp):
            return head | {"description": {"type": kind, "sdp": sdp}}
        case Candidate(init=init):
            return head | {"candidate": init}
        case said:
            return head | _members(said)


def _members(value: Any) -> dict[str, Any]:
    return {
        name: _plain(member)
        for name, optional in _layout(value.__class__)
        if (member := getattr(value, name)) is not None or not optional
    }


@cache
def _layout(kind: Any) -> tuple[tuple[str, bool], ...]:
    """Name the fields of a frame, and say which may be left out."""
    return tuple((each.name, each.default is None) for each in fields(kind))


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return b64u_encode(value)
        case datetime():
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case tuple():
            return [_plain(item) for item in value]
        case _:
            return _members(value) if is_dataclass(value) else value
