"""Every JSON frame that the server sends.

A frame is a dataclass whose fields are those of the wire. A field with a
default is optional and left out while it is `None`; one without is always
there, `null` included. `chat.protocol.writing` turns it into JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from chat.domain.codes import Code
from chat.domain.effects import EndReason
from chat.domain.inputs import (
    Candidate,
    Commit,
    Confirm,
    Describe,
    Farewell,
    Reveal,
    Typing,
)
from common.ids import ConversationId
from common.vocabulary import Mode, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a client must keep to."""

    unacked: int
    burst: int
    per_second: int
    interests: int
    resume_window_seconds: int
    frame_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The first frame on every socket."""

    type: ClassVar[str] = "hello"
    modes: tuple[Mode, ...]
    limits: Limits
    server_time: datetime
    build: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSeconds:
    """Half waited at most `p50`, nine in ten `p90`."""

    p50: float
    p90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueWaiting:
    """You are in the queue."""

    type: ClassVar[str] = "queue.waiting"
    waiting: int
    expected_seconds: ExpectedSeconds | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeft:
    """You are not in the queue."""

    type: ClassVar[str] = "queue.left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """All that one stranger is told about another."""

    handle: str
    badges: tuple[str, ...]
    languages: tuple[str, ...]
    region: Region | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Where the ladder begins."""

    step: str
    max: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How calls travel."""

    state: str
    relay_available: bool
    version: int


DIRECT = Route(state="direct", relay_available=False, version=1)
"""Without a relay, from the start and for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """You have a partner."""

    type: ClassVar[str] = "conversation.matched"
    conversation: ConversationId
    slot: int
    role: str
    polite: bool
    mode: Mode
    handle: str
    partner: Partner
    shared_interests: tuple[str, ...]
    suite: int
    kid: int
    conversation_token: bytes
    resume_token: bytes
    ladder: Ladder
    route: Route
    ice_servers: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What the partner said, unchanged."""

    conversation: ConversationId
    said: Commit | Reveal | Confirm | Describe | Candidate | Typing


@dataclass(frozen=True, slots=True, kw_only=True)
class IceServers:
    """Answer to `ice.refresh`."""

    type: ClassVar[str] = "ice.servers"
    conversation: ConversationId
    ice_servers: tuple[Mapping[str, Any], ...]
    expires_in_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The question that is open on the ladder."""

    step: str
    by: str
    expires_in_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderState:
    """The ladder has changed."""

    type: ClassVar[str] = "ladder.state"
    conversation: ConversationId
    step: str
    max: str
    version: int
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAway:
    """The partner's socket is gone, and may come back."""

    type: ClassVar[str] = "partner.away"
    conversation: ConversationId
    grace_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerBack:
    """The partner is back."""

    type: ClassVar[str] = "partner.back"
    conversation: ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Answer to `resume`: go on from here."""

    type: ClassVar[str] = "conversation.resumed"
    conversation: ConversationId
    slot: int
    accepted: int
    acked: int
    partner: str
    ladder: Ladder
    route: Route
    ice_servers: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is left of a conversation."""

    started: datetime
    ended: datetime
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The conversation is over."""

    type: ClassVar[str] = "conversation.ended"
    conversation: ConversationId
    reason: EndReason
    receipt: Receipt | None
    farewell: Farewell | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """Answer to `ping`."""

    type: ClassVar[str] = "pong"
    t: str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFrame:
    """A frame had no effect."""

    type: ClassVar[str] = "error"
    code: Code
    message: str
    ref: str | None = None
    conversation: ConversationId | None = None
    seq: int | None = None
    expected: int | None = None
    retry_after_ms: int | None = None


ServerFrame = (
    Hello
    | QueueWaiting
    | QueueLeft
    | Matched
    | Passed
    | IceServers
    | LadderState
    | PartnerAway
    | PartnerBack
    | Resumed
    | Ended
    | Pong
    | ErrorFrame
)

PASSED_TYPES: Mapping[type, str] = {
    Commit: "e2e.commit",
    Reveal: "e2e.reveal",
    Confirm: "e2e.confirm",
    Describe: "signal",
    Candidate: "signal",
    Typing: "typing",
}
SERVER_TYPES = frozenset(
    {
        *PASSED_TYPES.values(),
        *(
            frame.type
            for frame in (
                Hello,
                QueueWaiting,
                QueueLeft,
                Matched,
                IceServers,
                LadderState,
                PartnerAway,
                PartnerBack,
                Resumed,
                Ended,
                Pong,
                ErrorFrame,
            )
        ),
    }
)
"""Every type that this server sends."""
