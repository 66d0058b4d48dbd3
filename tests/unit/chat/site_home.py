"""A process of the site in `site.py`, as the home of the conversation."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from chat.domain import effects as do
from chat.domain import inputs as on
from chat.domain import records
from chat.domain.effects import Effect, Effects, Timer
from chat.domain.inputs import Input, Moment
from chat.domain.passage import Kind
from chat.domain.record import ConversationRecord, Ending
from common.ids import WorkerId
from tests.unit.chat.site_parts import Endpoint, Live, written
from tests.unit.chat.wanderers import Line
from trust.domain.franking import Role

if TYPE_CHECKING:
    from tests.unit.chat.site import Site

WINDOWS = {Timer.WINDOW_A: Role.A, Timer.WINDOW_B: Role.B}


class Home:
    """What `chat.live` and `chat.perform` do; the rest of a process is in `Worker`."""

    name: WorkerId
    site: "Site"
    live: Live | None
    lines: dict[int, Line]
    seats: dict[int, tuple[WorkerId, Role]]
    sure: bool

    @property
    def moment(self) -> Moment:
        """Both clocks of this machine."""
        raise NotImplementedError

    def send(self, to: WorkerId, kind: Kind, socket: int, payload: bytes = b"") -> None:
        """Send a passage to another process."""
        raise NotImplementedError

    def close(self, number: int) -> None:
        """Close a socket of this process."""
        raise NotImplementedError

    def receive(self, said: Input, *, by: Role | None = None) -> None:
        """Give the conversation an input; only a home that is sure does."""
        assert self.sure or isinstance(said, on.Lost)
        if self.live is not None:
            self.perform(self.live.core.receive(said, by=by, now=self.moment))

    def resume(self, said: on.Resumed, by: Role, endpoint: Endpoint) -> None:
        """Let a side's newer socket take the place of the older one."""
        if self.live is None or not self.site.newest(by, endpoint.number):
            self.dismiss(endpoint)
            return
        older = self.live.endpoints.get(by)
        self.live.endpoints[by] = endpoint
        if older is not None:
            self.dismiss(older)
        self.receive(said, by=by)

    def lose_endpoint(self, endpoint: Endpoint) -> None:
        """Let a side be away, if this was its present socket."""
        if self.live is None:
            return
        for role, present in tuple(self.live.endpoints.items()):
            if present == endpoint:
                self.receive(on.Lost(), by=role)
                if self.live is not None:
                    self.live.endpoints.pop(role, None)

    def perform(self, effects: Effects) -> None:
        """Do what the conversation asks for."""
        for effect in effects:
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        live = self.live
        if live is None:
            return
        match effect:
            case do.SetTimer():
                live.timers[effect.timer] = self.site.now + effect.seconds
            case do.CancelTimer():
                live.timers.pop(effect.timer, None)
            case do.Save():
                self.save(live.record)
            case do.Finish():
                self._finish(live, effect)
            case _ if effect.to in live.endpoints:
                self._tell(live.endpoints[effect.to], effect)

    def save(self, new: ConversationRecord) -> None:
        """Write the record; who is deposed lets go."""
        if not self.site.store.put(new):
            self.drop()

    def _finish(self, live: Live, how: do.Finish) -> None:
        ended = Ending(at=how.at, reasons=how.reasons, farewell=how.farewell)
        self.site.store.end(replace(live.record, ended=ended))
        self.live = None
        for endpoint in live.endpoints.values():
            self._let_go(endpoint)

    def drop(self) -> None:
        """Hold the conversation no more; its sockets must follow it."""
        live, self.live = self.live, None
        for endpoint in () if live is None else live.endpoints.values():
            self.dismiss(endpoint)

    def dismiss(self, endpoint: Endpoint) -> None:
        """Close a socket, wherever it is."""
        if endpoint.worker == self.name:
            self.close(endpoint.number)
        else:
            self.send(endpoint.worker, Kind.CLOSE, endpoint.number)

    def _let_go(self, endpoint: Endpoint) -> None:
        if endpoint.worker == self.name:
            self.seats.pop(endpoint.number, None)
        else:
            self.send(endpoint.worker, Kind.LET_GO, endpoint.number)

    def _tell(self, endpoint: Endpoint, effect: Effect) -> None:
        if isinstance(effect, do.Deliver | do.Stamped | do.Acked):
            raw = records.write(effect)
            self._give(endpoint, Kind.GIVE_RECORD, raw)
        elif (frame := written(effect)) is not None:
            self._give(endpoint, Kind.GIVE_TEXT, json.dumps(frame).encode())

    def _give(self, endpoint: Endpoint, kind: Kind, raw: bytes) -> None:
        if endpoint.worker != self.name:
            self.send(endpoint.worker, kind, endpoint.number, raw)
        elif endpoint.number in self.lines:
            said = raw if kind is Kind.GIVE_RECORD else json.loads(raw)
            self.lines[endpoint.number].down.append(said)

    def due(self) -> None:
        """Bring back the deadlines that are over."""
        for timer, at in tuple(self.live.timers.items() if self.live else ()):
            if at <= self.site.now and self.sure:
                role = WINDOWS.get(timer)
                said = on.LifeDue() if role is None else on.WindowDue()
                if self.live is not None and self.live.timers.pop(timer, None):
                    self.receive(said, by=role)
