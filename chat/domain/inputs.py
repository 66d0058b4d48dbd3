"""Everything that can happen to a conversation.

What lives here: the closed set of inputs as data. What may not: who said it
(that is the socket's side, an argument of its own, never a field a client
could fill) and what it leads to (`conversation.py`).

Inputs that a client sends arrive with their shape already checked: lengths of
keys, known words, integers in range. What they mean, and whether they may come
now, is decided by the conversation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from chat.domain.ladder import Step


class Moment(NamedTuple):
    """The time at which an input arrives, on two clocks."""

    steady: float
    """Seconds that never go back: for pace and deadlines."""
    unix: float
    """Seconds since 1970: for stamps and receipts."""


class LeaveReason(StrEnum):
    """Why someone leaves; the partner learns only about `integrity`."""

    NEXT = "next"
    STOP = "stop"
    REPORT = "report"
    INTEGRITY = "integrity"


class Farewell(StrEnum):
    """A word on the way out."""

    GOOD_CHAT = "good_chat"
    LANGUAGE = "language"
    NO_SOUND = "no_sound"
    BRB = "brb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """`e2e.commit`: 32 bytes that bind keys not yet shown."""

    commitment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """`e2e.reveal`: what the commitment was made over."""

    suites: bytes
    suite: int
    public_key: bytes
    fingerprint: bytes
    """32 bytes; all zero means "no calls from me"."""
    random: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """`e2e.confirm`: proof of having derived the same keys."""

    mac: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    """`signal` with an RTCSessionDescriptionInit."""

    kind: str
    sdp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`signal` with an RTCIceCandidateInit, or `None` at the end of them."""

    init: Mapping[str, str | int | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IceRefresh:
    """`ice.refresh`: fresh relay credentials, please."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """`ladder.propose`: may it go up to this step?"""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """`ladder.accept`: yes, to exactly this step."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """`ladder.decline`: no, to exactly this step."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDown:
    """`ladder.down`: down to this step, now and for both."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRoute:
    """Any `route.*`: refused where no relay is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """`typing`: fingers on the keys, or off them."""

    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """`conversation.leave`."""

    reason: LeaveReason
    farewell: Farewell | None = None


@dataclass(slots=True, kw_only=True)  # not frozen: made for every record
class Message:
    """Record 01: one sealed message."""

    slot: int
    seq: int
    commitment: bytes
    ciphertext: bytes


@dataclass(slots=True, kw_only=True)  # not frozen: made for every record
class Acknowledge:
    """Record 02: everything below `next` was received and verified."""

    slot: int
    next: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The side's socket is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A newer socket of this side asks to go on, instead of the one it had."""

    slot: int
    """Number of the conversation on the newer socket."""
    received: int
    """The number after the last message that its client received and verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowDue:
    """A lost side did not come back in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeDue:
    """The time for this part of the handshake is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDue:
    """The open proposal was not answered in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeDue:
    """The conversation has lasted as long as one may."""


Signal = Describe | Candidate
Said = (
    Commit
    | Reveal
    | Confirm
    | Signal
    | IceRefresh
    | Propose
    | Accept
    | Decline
    | StepDown
    | ChangeRoute
    | Typing
    | Leave
    | Message
    | Acknowledge
)
"""What a client can send about its conversation."""

Recorded = Message | Acknowledge
"""What comes as a record."""

Due = HandshakeDue | ProposalDue | LifeDue | WindowDue
"""What a timer brings back."""

Input = Said | Lost | Resumed | Due
