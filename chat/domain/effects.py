"""Everything a conversation can ask for.

What lives here: the closed set of effects as data, and the words in them. What
may not: how an effect is carried out (`chat.perform`) or written on the wire
(`chat.protocol`, `chat.domain.records`).

Every effect that reaches a client names the role it is for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from chat.domain.codes import Code
from chat.domain.inputs import (
    Candidate,
    Commit,
    Confirm,
    Describe,
    Farewell,
    Reveal,
    Typing,
)
from chat.domain.ladder import LadderState
from trust.domain.franking import Role


class EndReason(StrEnum):
    """How a conversation ended, as one side is told."""

    LEFT = "left"
    PARTNER_LEFT = "partner_left"
    PARTNER_LOST = "partner_lost"
    EXPIRED = "expired"
    MODERATED = "moderated"
    INTEGRITY = "integrity"


class Timer(Enum):
    """Deadlines a conversation can set; setting one again replaces it."""

    HANDSHAKE = "handshake"
    PROPOSAL = "proposal"
    LIFE = "life"
    WINDOW_A = "window A"
    """Side A was lost and may come back until then."""
    WINDOW_B = "window B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Answer the sender with an `error`: the frame had no effect."""

    to: Role
    code: Code
    seq: int | None = None
    expected: int | None = None
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Hand what the partner said to this side, unchanged."""

    to: Role
    said: Commit | Reveal | Confirm | Describe | Candidate | Typing


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLadder:
    """Tell this side where the ladder stands (`ladder.state`)."""

    to: Role
    state: LadderState
    expires_in_seconds: float | None = None
    """Until the open proposal closes, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferServers:
    """Answer `ice.refresh`."""

    to: Role
    expires_in_seconds: float


@dataclass(slots=True, kw_only=True)  # not frozen: made for every record
class Deliver:
    """Record 11: the partner's message with its stamp."""

    to: Role
    slot: int
    seq: int
    commitment: bytes
    stamp: bytes
    ciphertext: bytes


@dataclass(slots=True, kw_only=True)  # not frozen: made for every record
class Stamped:
    """Record 12: the stamp of one's own message."""

    to: Role
    slot: int
    seq: int
    stamp: bytes


@dataclass(slots=True, kw_only=True)  # not frozen: made for every record
class Acked:
    """Record 13: the partner has everything below `next`."""

    to: Role
    slot: int
    next: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is left of a conversation; nothing that was said."""

    started: float
    ended: float
    """Both in seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellEnded:
    """Send this side its one `conversation.ended`."""

    to: Role
    reason: EndReason
    receipt: Receipt
    farewell: Farewell | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellAway:
    """Tell this side that its partner is gone, and may come back."""

    to: Role
    grace_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TellBack:
    """Tell this side that its partner is back, on whatever socket."""

    to: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowResumed:
    """Answer `resume`: where this side stands."""

    to: Role
    slot: int
    accepted: int
    """Messages of this side that reached the partner's."""
    acked: int
    """Of these, the ones that the partner has acknowledged."""
    partner_here: bool
    ladder: LadderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """Write what must outlive this process into the conversation's record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Bring back the timer's input after so many seconds."""

    timer: Timer
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTimer:
    """Forget the timer if it is set."""

    timer: Timer


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """Let the conversation go; it will ask for nothing more."""

    may_meet_again: bool
    """It ended by `next`, so `conversation.again` is open for a moment."""
    reasons: Mapping[Role, EndReason]
    """For each side, what it is told, now or when it comes back."""
    farewell: Farewell | None
    at: float
    """Seconds since 1970."""


Effect = (
    Refuse
    | Pass
    | ShowLadder
    | OfferServers
    | Deliver
    | Stamped
    | Acked
    | TellEnded
    | TellAway
    | TellBack
    | ShowResumed
    | Save
    | SetTimer
    | CancelTimer
    | Finish
)
Effects = tuple[Effect, ...]
