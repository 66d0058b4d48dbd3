"""What the server knows of a conversation while it lasts.

What lives here: the phases, what was settled at the match, and the numbers that
change. What may not: rules (beside it, one file for each kind of input), the
people, their sockets, or anything they said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from chat.domain import ladder
from chat.domain.codes import Code
from chat.domain.effects import Effects, Refuse
from chat.domain.inputs import Moment
from chat.domain.ladder import LadderState, Step
from chat.domain.policy import ConversationPolicy
from chat.domain.side import Side
from common.ids import ConversationId
from common.vocabulary import Mode
from trust.domain.franking import Role


class Phase(Enum):
    """How far a conversation has come."""

    COMMITTING = "committing"
    REVEALING = "revealing"
    CONFIRMING = "confirming"
    OPEN = "open"
    RECOVERING = "recovering"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is settled when two people are matched.

    Attributes:
        id: the conversation.
        mode: what both chose.
        highest: the step above which the ladder may not go.
        slots: number of the conversation on each side's socket, u16.
        kid: number of the stamp key, u16.
        stamp_key: 32 bytes.

    """

    id: ConversationId
    mode: Mode
    highest: Step
    slots: Mapping[Role, int]
    kid: int
    stamp_key: bytes


class ConversationState:
    """Both sides of one conversation."""

    __slots__ = (
        "away",
        "claimed",
        "ladder",
        "phase",
        "policy",
        "ready",
        "sides",
        "started",
        "terms",
        "time_bucket",
    )

    def __init__(
        self, terms: Terms, *, now: Moment, policy: ConversationPolicy
    ) -> None:
        """Stand where two people stand who have just been matched."""
        self.terms = terms
        self.policy = policy
        self.started = now
        self.phase = Phase.COMMITTING
        self.ready: set[Role] = set()
        """Who has done its part of this phase of the handshake."""
        self.ladder: LadderState = ladder.entry(terms.mode, highest=terms.highest)
        self.away: dict[Role, float] = {}
        """Who has no socket, and until when it may come back (steady clock)."""
        self.claimed: dict[Role, int] = {}
        """While recovering: what each client says it has received."""
        self.time_bucket = 0
        """The last `tb` stamped, of either side; it never falls."""
        self.sides = {
            role: Side(slot=terms.slots[role], now=now.steady, policy=policy)
            for role in Role
        }


def refuse(to: Role, code: Code, retry_after_seconds: float | None = None) -> Effects:
    """Answer one frame with an error, and do nothing else."""
    return (Refuse(to=to, code=code, retry_after_seconds=retry_after_seconds),)
