"""Running conversations whose home is this process.

The home holds both sides, whatever process their sockets are on. In one process
a frame is handed over directly: into the conversation and, as its effects, into
the partner's outgoing queue. Nothing else holds on to it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from chat import perform
from chat.background import spawn
from chat.close_codes import CloseCode
from chat.connections import Connection
from chat.domain import snapshot
from chat.domain.conversation import Conversation
from chat.domain.effects import Finish, Timer
from chat.domain.inputs import (
    Due,
    HandshakeDue,
    Input,
    LifeDue,
    Lost,
    Moment,
    ProposalDue,
    Resumed,
    WindowDue,
)
from chat.domain.record import ConversationRecord, Ending
from chat.domain.state import Phase
from chat.endpoint import Endpoint
from chat.far import FarConnection
from chat.record_keeper import RecordKeeper
from chat.reunions import reunions
from chat.standing import sure
from chat.waiting import Waiting
from common import clock
from common.ids import ConversationId, WorkerId
from matching.services import pair_remember
from trust.domain.franking import Role

_DUE: Mapping[Timer, tuple[Due, Role | None]] = {
    Timer.HANDSHAKE: (HandshakeDue(), None),
    Timer.PROPOSAL: (ProposalDue(), None),
    Timer.LIFE: (LifeDue(), None),
    Timer.WINDOW_A: (WindowDue(), Role.A),
    Timer.WINDOW_B: (WindowDue(), Role.B),
}
LATER_SECONDS = 0.5
"""A deadline waits while this process does not know whether it still is the home."""


def moment() -> Moment:
    """Read both clocks."""
    return Moment(clock.monotonic(), clock.unix())


class LiveConversation:
    """A conversation with the ways to its two sockets, and its deadlines."""

    def __init__(
        self,
        core: Conversation,
        record: ConversationRecord,
        *,
        endpoints: Mapping[Role, Endpoint] | None = None,
        guests: Mapping[Role, Waiting] | None = None,
    ) -> None:
        """Hold it here; `guests` are those who may ask for each other again."""
        self.core = core
        self.id: ConversationId = core.state.terms.id
        self._keeper = RecordKeeper(record, deposed=self.drop)
        self._endpoints: dict[Role, Endpoint] = dict(endpoints or {})
        self._guests = guests
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        conversations()[self.id] = self

    @property
    def record(self) -> ConversationRecord:
        """What every process can know of it."""
        return self._keeper.record

    @property
    def movable(self) -> bool:
        """Say whether another process could go on with it: the handshake is done."""
        return self.core.state.phase in {Phase.OPEN, Phase.RECOVERING}

    def begin(self) -> None:
        """Set the first deadlines; both sides have been told of the match."""
        self._keeper.save(self.record)
        perform.perform(self.core.begin(), self)

    def go_on(self) -> None:
        """Set the deadlines of a conversation that another process began."""
        perform.perform(self.core.go_on(moment()), self)

    def hear(self, said: Input, *, by: Role, ref: str | None = None) -> None:
        """Take what came from a side's socket, and do what follows."""
        perform.perform(self.core.receive(said, by=by, now=moment()), self, ref=ref)

    def endpoint(self, role: Role) -> Endpoint | None:
        """Find the way to a side; none while it is away."""
        return self._endpoints.get(role)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The ways to those who are here."""
        return tuple(self._endpoints.values())

    def role_of(self, endpoint: Endpoint) -> Role | None:
        """Say which side a socket is the present one of; none for an older one."""
        for role, present in self._endpoints.items():
            if present == endpoint:
                return role
        return None

    def role_at(self, worker: WorkerId, number: int) -> Role | None:
        """Say whose present socket this socket of another process is."""
        for role, present in self._endpoints.items():
            if (
                isinstance(present, FarConnection)
                and present.number == number
                and present.worker == worker
            ):
                return role
        return None

    def lose(self, endpoint: Endpoint) -> None:
        """Let a side be away, if this was its present socket."""
        role = self.role_of(endpoint)
        if role is not None:
            self.hear(Lost(), by=role)
            self._endpoints.pop(role, None)

    def resume(self, said: Resumed, *, by: Role, endpoint: Endpoint) -> None:
        """Go on with a side's newer socket; the older one is closed.

        The same one comes again when the answer to its first try was lost.
        """
        older = self._endpoints.get(by)
        if _came_before(endpoint, older):
            endpoint.let_go(self.id)
            endpoint.close(CloseCode.TAKEN_OVER)
            return
        self._endpoints[by] = endpoint
        if older is not None and older != endpoint:
            older.let_go(self.id)
            older.close(CloseCode.TAKEN_OVER)
        self.hear(said, by=by)

    def save(self) -> None:
        """Bring the record up to date; the handshake is done when this is asked."""
        state = self.core.state
        ladder = replace(state.ladder, proposal=None)
        opened = state.phase is not Phase.ENDED
        self._keeper.save(replace(self.record, open=opened, ladder=ladder))

    def write_back(self) -> None:
        """Write the record again: the store lost it."""
        self._keeper.save(self.record)

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

    def finish(self, how: Finish) -> None:
        """Let both sockets go; the two are not paired again for a while."""
        self._leave_memory()
        for endpoint in self.endpoints:
            endpoint.let_go(self.id)
        self._endpoints.clear()
        ended = Ending(at=how.at, reasons=how.reasons, farewell=how.farewell)
        self._keeper.save(replace(self.record, ended=ended))
        if how.may_meet_again and self._guests is not None:
            reunions().open(self.id, self._guests)
        spawn(pair_remember(*self.record.persons.values()), name="remembering a pair")

    def hand_over(self) -> bytes:
        """Take the conversation down for another process, and hold it no more."""
        raw = snapshot.write(self.core.state, moment())
        self.drop()
        return raw

    def drop(self) -> None:
        """Hold it no more: it goes on elsewhere, and its sockets must follow it."""
        self._leave_memory()
        for endpoint in self.endpoints:
            endpoint.let_go(self.id)
            endpoint.close(CloseCode.MOVED)
        self._endpoints.clear()

    def _leave_memory(self) -> None:
        if conversations().get(self.id) is self:
            del conversations()[self.id]
        for timer in tuple(self._timers):
            self.cancel_timer(timer)

    def _due(self, timer: Timer) -> None:
        if not sure():
            self.set_timer(timer, LATER_SECONDS)
            return
        self._timers.pop(timer, None)
        due, role = _DUE[timer]
        effects = self.core.receive(due, by=role, now=moment())
        perform.perform(effects, self)


def _came_before(endpoint: Endpoint, present: Endpoint | None) -> bool:
    """Say whether a newer socket sits here already: this `resume` came late."""
    return (
        isinstance(endpoint, Connection)
        and isinstance(present, Connection)
        and endpoint.number < present.number
    )


@cache
def conversations() -> dict[ConversationId, LiveConversation]:
    """Return the running conversations of this process."""
    return {}
