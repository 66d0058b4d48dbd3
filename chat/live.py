"""Running conversations, and the way from one socket to the other.

In one process a frame is handed over directly: into the conversation and, as
its effects, into the partner's outgoing queue. Nothing else holds on to it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from chat import perform
from chat.background import spawn
from chat.connections import Connection
from chat.domain.conversation import Conversation
from chat.domain.effects import Timer
from chat.domain.inputs import Due, HandshakeDue, Input, LifeDue, Moment, ProposalDue
from chat.reunions import reunions
from chat.waiting import Waiting
from common import clock
from common.ids import ConversationId
from matching.services import pair_remember
from trust.domain.franking import Role

_DUE: Mapping[Timer, Due] = {
    Timer.HANDSHAKE: HandshakeDue(),
    Timer.PROPOSAL: ProposalDue(),
    Timer.LIFE: LifeDue(),
}


def moment() -> Moment:
    """Read both clocks."""
    return Moment(steady=clock.monotonic(), unix=clock.unix())


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a socket sits: a conversation, and which side of it."""

    live: "LiveConversation"
    role: Role


class LiveConversation:
    """A conversation with its two sockets and its deadlines."""

    def __init__(self, core: Conversation, sides: Mapping[Role, Waiting]) -> None:
        """Seat both sides."""
        self.core = core
        self.id: ConversationId = core.state.terms.id
        self._sides = sides
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        for role, side in sides.items():
            side.connection.seat = Seat(self, role)
        conversations()[self.id] = self

    def begin(self) -> None:
        """Set the first deadlines; both sides have been told of the match."""
        perform.perform(self.core.begin(), self)

    def hear(self, said: Input, *, by: Role, ref: str | None = None) -> None:
        """Take what came from a side's socket, and do what follows."""
        perform.perform(self.core.receive(said, by=by, now=moment()), self, ref=ref)

    def connection(self, role: Role) -> Connection:
        """Find the socket of a side."""
        return self._sides[role].connection

    def set_timer(self, timer: Timer, seconds: float) -> None:
        """Bring a deadline back after so many seconds, instead of an earlier one."""
        self.cancel_timer(timer)
        loop = asyncio.get_running_loop()
        self._timers[timer] = loop.call_later(seconds, self._due, timer)

    def cancel_timer(self, timer: Timer) -> None:
        """Forget a deadline."""
        handle = self._timers.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def finish(self, *, may_meet_again: bool) -> None:
        """Let both sockets go; the two are not paired again for a while."""
        conversations().pop(self.id, None)
        for side in self._sides.values():
            side.connection.seat = None
            side.connection.last_conversation = self.id
        if may_meet_again:
            reunions().open(self.id, self._sides)
        one, other = (side.ticket.person for side in self._sides.values())
        spawn(pair_remember(one, other), name="remembering a pair")

    def _due(self, timer: Timer) -> None:
        self._timers.pop(timer, None)
        perform.perform(self.core.receive(_DUE[timer], now=moment()), self)


@cache
def conversations() -> dict[ConversationId, LiveConversation]:
    """Return the running conversations of this process."""
    return {}
