"""A site of several processes without processes: the pure parts, wired together.

Real are the conversation, its snapshot, record and recovery, the passages and
the links. What stands in for the edges here does what `chat.live`,
`chat.switchboard`, `chat.resuming` and `chat.membership` do, and nothing more.
"""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from chat.domain import effects as do
from chat.domain import inputs as on
from chat.domain import passage, record, records, recovery, snapshot
from chat.domain.conversation import Conversation
from chat.domain.effects import Effect, Effects, Timer
from chat.domain.inputs import Input, Moment
from chat.domain.link import Link
from chat.domain.passage import Kind, Passage
from chat.domain.policy import LEASE, RECORD, ConversationPolicy
from chat.domain.record import ConversationRecord, Ending, Takeover, may_take_over
from common.ids import WorkerId
from tests.unit.chat.wanderers import Line
from trust.domain.franking import Role

UNIX = 1_800_000_000.0
START_SECONDS = 1000.0
WINDOWS = {Timer.WINDOW_A: Role.A, Timer.WINDOW_B: Role.B}


@dataclass(slots=True)
class Store:
    """The record and the leases, as the Redis of a site would hold them."""

    record: ConversationRecord | None = None
    leases: dict[WorkerId, float] = field(default_factory=dict)
    born: float = -1000.0

    def put(self, new: ConversationRecord) -> bool:
        """Write by a home; says whether it still is one."""
        if not record.may_write(new, over=self.record):
            return False
        self.record = record.read(record.write(new))
        return True

    def take_over(self, new: ConversationRecord, *, was_epoch: int) -> bool:
        """Compare and set."""
        old = self.record
        if old is None or old.ended is not None or old.epoch != was_epoch:
            return False
        self.record = new
        return True

    def end(self, new: ConversationRecord) -> None:
        """Let the first end stand."""
        if self.record is None or self.record.ended is None:
            self.record = new


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A socket: on which process, and its number there."""

    worker: WorkerId
    number: int


@dataclass(slots=True)
class Live:
    """The conversation at its home."""

    core: Conversation
    record: ConversationRecord
    endpoints: dict[Role, Endpoint] = field(default_factory=dict)
    timers: dict[Timer, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coming:
    """A socket that asks to go on, and has not been answered."""

    number: int
    role: Role
    received: int


class Worker:
    """One process."""

    def __init__(self, name: WorkerId, site: "Site", *, skew: float) -> None:
        """Start with no sockets, on a machine whose clock is so many seconds fast."""
        self.name, self.site, self.skew = name, site, skew
        self.paused = self.draining = False
        self.sure = True
        self.lines: dict[int, Line] = {}
        self.seats: dict[int, tuple[WorkerId, Role]] = {}
        self.coming: dict[int, Coming] = {}
        self.asked: dict[int, tuple[Coming, ConversationRecord]] = {}
        self.read: dict[int, ConversationRecord] = {}
        self.live: Live | None = None
        self.links: dict[WorkerId, Link] = {}
        self.generations: dict[WorkerId, int] = {}
        self.held: deque[tuple[WorkerId, bytes]] = deque()
        self.renewed = site.now
        self.store_seen = site.store.born

    @property
    def moment(self) -> Moment:
        """Both clocks of this machine."""
        unix = UNIX + self.site.now + self.skew
        return Moment(steady=self.site.now, unix=unix)

    # --- sockets ------------------------------------------------------------------

    def hear(self, number: int) -> None:
        """Take the next thing, or the end, of what a socket sent."""
        line = self.lines[number]
        if not line.up:
            self.lose(number)
            return
        assert self.sure
        said = line.up.popleft()
        if isinstance(said, dict):
            role = self.site.role_of(line)
            self.coming[number] = Coming(number, role, int(str(said["received"])))
            self.look(number)
        elif number in self.seats:
            home, role = self.seats[number]
            for kind, body in records.split(said):
                self._hear_record(home, role, number, records.record(kind, body))

    def _hear_record(self, home: WorkerId, role: Role, at: int, raw: bytes) -> None:
        if home != self.name:
            self.send(home, Kind.HEAR_RECORD, at, raw)
        elif self.live is not None:
            [(kind, body)] = records.split(raw)
            self.receive(records.read(kind, body), by=role)

    def lose(self, number: int) -> None:
        """Forget a socket."""
        self.lines.pop(number).closed = True
        self.coming.pop(number, None)
        home, _ = self.seats.pop(number, (None, None))
        if home == self.name:
            self.lose_endpoint(Endpoint(self.name, number))
        elif home is not None:
            self.send(home, Kind.LOST, number)

    def close(self, number: int) -> None:
        """Close a socket; what it still sends has no effect."""
        self.seats.pop(number, None)
        self.coming.pop(number, None)
        if number in self.lines:
            self.lines.pop(number).closed = True

    # --- coming back --------------------------------------------------------------

    def look(self, number: int) -> None:
        """Try to take a client back, as far as that is possible now."""
        coming, before = self.coming[number], self.read.pop(number, None)
        if not self.sure:
            return
        if not self.site.newest(coming.role, number):
            self.close(number)
            return
        if self.live is not None:
            self._sit_down(coming)
            return
        standing = self.site.store.record
        alive = standing is not None and self.site.alive(standing.home)
        verdict = may_take_over(
            standing,
            home_alive=alive and standing is not None and standing.home != self.name,
            store_age_seconds=self.site.now - self.site.store.born,
            policy=RECORD,
        )
        if before is not None and verdict is Takeover.HOME_LIVES:
            verdict = Takeover.FREE  # what was read a moment ago is not read again
        if verdict in {Takeover.ENDED, Takeover.UNKNOWN}:
            reason = record.told(standing, coming.role)
            self.coming.pop(number)
            self.lines[number].down.append({"type": "ended", "reason": reason})
        elif standing is not None and verdict is Takeover.HOME_LIVES:
            self._ask(coming, standing)
        elif verdict is Takeover.FREE and before is None:
            self.read[number] = standing  # others may act before this one does
        elif verdict is Takeover.FREE:
            state = recovery.recover(
                before,
                stamp_key=self.site.key,
                now=self.moment,
                policy=self.site.policy,
            )
            self.site.recoveries += 1
            self._become_home(before, Conversation(state), coming, given=False)

    def _ask(self, coming: Coming, standing: ConversationRecord) -> None:
        if coming.number in self.seats:
            return  # asked already
        self.seats[coming.number] = (standing.home, coming.role)
        self.asked[coming.number] = coming, standing
        place = passage.Place(coming.role, self.site.slot, coming.received)
        raw = passage.write_place(place)
        self.send(standing.home, Kind.RESUME, coming.number, raw)

    def _become_home(
        self,
        standing: ConversationRecord,
        core: Conversation,
        coming: Coming,
        *,
        given: bool,
    ) -> None:
        """Take the conversation; `given` by its home, or only read in the store."""
        ours, store = record.with_home(standing, self.name), self.site.store
        self.seats.pop(coming.number, None)
        if (
            store.put(ours)
            if given
            else store.take_over(ours, was_epoch=standing.epoch)
        ):
            self.live = Live(core, ours)
            self.perform(core.go_on(self.moment))
            if coming.number in self.lines:
                self._sit_down(coming)

    def _sit_down(self, coming: Coming) -> None:
        self.coming.pop(coming.number, None)
        self.seats[coming.number] = (self.name, coming.role)
        resumed = on.Resumed(slot=self.site.slot, received=coming.received)
        self.resume(resumed, coming.role, Endpoint(self.name, coming.number))

    # --- as the home --------------------------------------------------------------

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

    # --- other processes ----------------------------------------------------------

    def send(self, to: WorkerId, kind: Kind, socket: int, payload: bytes = b"") -> None:
        """Send a passage over the link."""
        self._link(to).send(passage.write(kind, socket, self.site.id, payload))

    def flush(self) -> None:
        """Publish what waits, and what is due."""
        for name, link in tuple(self.links.items()):
            for batch in [*link.flush(self.site.now), *link.tick(self.site.now)]:
                self.site.bus.append((name, batch))

    def take(self, batch: bytes) -> None:
        """Take a batch from the bus."""
        sender = WorkerId(batch[:8].hex())
        received = self._link(sender).receive(batch, self.site.now)
        if received.restarted:
            self.cut(sender)
        for frame in received.frames:
            if self.sure and not self.held:
                self._heed(sender, passage.read(frame))
            else:
                self.held.append((sender, frame))

    def _link(self, peer: WorkerId) -> Link:
        if peer not in self.links:
            generation = self.generations.pop(peer, 0) + 1
            self.links[peer] = Link(own=self.name, peer=peer, generation=generation)
        return self.links[peer]

    def bury(self, peer: WorkerId) -> None:
        """Another process is dead, as far as one can know."""
        link = self.links.pop(peer, None)
        if link is not None:
            self.generations[peer] = link.generation
        self.cut(peer)

    def cut(self, peer: WorkerId) -> None:
        """Go on without what was said to or by another process until now."""
        for number, (home, _) in tuple(self.seats.items()):
            if home == peer:
                self.close(number)
        for endpoint in tuple(self.live.endpoints.values() if self.live else ()):
            if endpoint.worker == peer:
                self.lose_endpoint(endpoint)

    def look_around(self) -> None:
        """Notice what has happened to the store and to the others."""
        if self.store_seen != self.site.store.born:
            self.store_seen = self.site.store.born
            if self.live is not None:
                self.save(self.live.record)
        if self.site.now - self.site.store.born < RECORD.young_seconds:
            return
        homes = {home for home, _ in self.seats.values()}
        there = self.live.endpoints.values() if self.live else ()
        for peer in {*self.links, *homes, *(one.worker for one in there)}:
            if peer != self.name and not self.site.alive(peer):
                self.bury(peer)

    def wake(self) -> None:
        """Go on after a pause: act again only once the record was read."""
        self.paused = False
        if self.site.now - self.renewed < LEASE.lease_seconds:
            return
        self.sure = False
        self.renew()
        for home in {home for home, _ in self.seats.values()} - {self.name}:
            self.send(home, Kind.LOST, passage.NO_SOCKET)  # it may have buried us
        self.settle()

    def settle(self) -> None:
        """After a lapse, act again once the record says that this is the home.

        A store that came back empty says nothing yet: another home may be about
        to write its record back. Whoever has read the record during the lapse,
        and is about to take it over, must fail: so its epoch rises.
        """
        young = self.site.now - self.site.store.born < RECORD.young_seconds
        if young and self.site.store.record is None:
            return
        if self.live is not None:
            if record.may_write(self.live.record, over=self.site.store.record):
                self.live.record = record.with_home(self.live.record, self.name)
            self.save(self.live.record)
        self.sure = True
        while self.held:
            sender, frame = self.held.popleft()
            self._heed(sender, passage.read(frame))

    def renew(self) -> None:
        """Hold the lease for some time more."""
        self.renewed = self.site.now
        self.site.store.leases[self.name] = self.site.now + LEASE.lease_seconds

    def _heed(self, sender: WorkerId, said: Passage) -> None:
        _HEED[said.kind](self, sender, said)

    def _role_at(self, endpoint: Endpoint) -> Role | None:
        for role, present in self.live.endpoints.items() if self.live else ():
            if present == endpoint:
                return role
        return None

    def _seated(self, sender: WorkerId, said: Passage) -> Line | None:
        if self.seats.get(said.socket, ("", None))[0] != sender:
            return None
        self.coming.pop(said.socket, None)
        return self.lines.get(said.socket)


# --- one function for each kind of passage ------------------------------------------


def _hear_record(worker: Worker, sender: WorkerId, said: Passage) -> None:
    role = worker._role_at(Endpoint(sender, said.socket))
    if role is not None:
        for kind, body in records.split(said.payload):
            worker.receive(records.read(kind, body), by=role)


def _lost(worker: Worker, sender: WorkerId, said: Passage) -> None:
    worker.lose_endpoint(Endpoint(sender, said.socket))


def _resume(worker: Worker, sender: WorkerId, said: Passage) -> None:
    place = passage.read_place(said.payload)
    if worker.live is None:
        worker.send(sender, Kind.UNKNOWN, said.socket)
    elif worker.draining:
        raw = snapshot.write(worker.live.core.state, worker.moment)
        worker.drop()
        worker.send(sender, Kind.HAND_OVER, said.socket, raw)
    else:
        resumed = on.Resumed(slot=place.slot, received=place.received)
        worker.resume(resumed, Role(place.role), Endpoint(sender, said.socket))


def _give_text(worker: Worker, sender: WorkerId, said: Passage) -> None:
    if line := worker._seated(sender, said):
        line.down.append(json.loads(said.payload))


def _give_record(worker: Worker, sender: WorkerId, said: Passage) -> None:
    if line := worker._seated(sender, said):
        line.down.append(said.payload)


def _let_go(worker: Worker, sender: WorkerId, said: Passage) -> None:
    if worker._seated(sender, said):
        worker.seats.pop(said.socket, None)


def _close(worker: Worker, sender: WorkerId, said: Passage) -> None:
    worker.close(said.socket)


def _hand_over(worker: Worker, sender: WorkerId, said: Passage) -> None:
    coming, standing = worker.asked.pop(said.socket)
    state = snapshot.read(
        said.payload,
        stamp_key=worker.site.key,
        now=worker.moment,
        policy=worker.site.policy,
    )
    for role in Role:
        until = worker.site.now + worker.site.policy.resume_window_seconds
        state.away.setdefault(role, until)
    worker._become_home(standing, Conversation(state), coming, given=True)


def _unknown(worker: Worker, sender: WorkerId, said: Passage) -> None:
    if said.socket in worker.coming:
        worker.seats.pop(said.socket, None)


_HEED: dict[Kind, Callable[[Worker, WorkerId, Passage], None]] = {
    Kind.HEAR_RECORD: _hear_record,
    Kind.LOST: _lost,
    Kind.RESUME: _resume,
    Kind.GIVE_TEXT: _give_text,
    Kind.GIVE_RECORD: _give_record,
    Kind.LET_GO: _let_go,
    Kind.CLOSE: _close,
    Kind.HAND_OVER: _hand_over,
    Kind.UNKNOWN: _unknown,
}


def written(effect: Effect) -> dict[str, Any] | None:
    """Write what a client is told; the wire itself is tested elsewhere."""
    match effect:
        case do.ShowResumed():
            frame = {
                "type": "resumed",
                "slot": effect.slot,
                "accepted": effect.accepted,
                "acked": effect.acked,
                "here": effect.partner_here,
            }
        case do.TellEnded():
            frame = {"type": "ended", "reason": effect.reason}
        case do.TellAway() | do.TellBack():
            frame = {"type": "away" if isinstance(effect, do.TellAway) else "back"}
        case do.Refuse():
            frame = {
                "type": "error",
                "code": effect.code,
                "seq": effect.seq,
                "expected": effect.expected,
                "after": effect.retry_after_seconds or 0.0,
            }
        case _:
            frame = None
    return frame


class Site:
    """Two processes, and whoever took the place of those that died."""

    def __init__(
        self,
        core: Conversation,
        first: ConversationRecord,
        *,
        key: bytes,
        policy: ConversationPolicy,
        skews: tuple[float, float],
    ) -> None:
        """Start two processes; the first one is the home."""
        self.skews, self.recoveries = skews, 0
        self.now = START_SECONDS
        self.id, self.key, self.policy = first.id, key, policy
        self.store = Store()
        self.bus: list[tuple[WorkerId, bytes]] = []
        self.workers: dict[WorkerId, Worker] = {}
        self.roles: dict[int, Role] = {}
        self._newest: dict[Role, int] = {}
        self._named = self._sockets = self._slots = 0
        for _ in range(2):
            self.start()
        self.home.live = Live(core, replace(first, home=self.home.name))
        self.home.save(self.home.live.record)

    @property
    def home(self) -> Worker:
        """The first process."""
        return next(iter(self.workers.values()))

    @property
    def slot(self) -> int:
        """A number that no socket has had for this conversation."""
        self._slots += 1
        return self._slots

    def newest(self, role: Role, number: int) -> bool:
        """Say whether no newer socket of this side has asked to go on.

        A resume may be on its way for long, in a process that is paused or on
        a link that waits for its bus; by then its client has given it up.
        """
        self._newest[role] = max(number, self._newest.get(role, 0))
        return number == self._newest[role]

    def role_of(self, line: Line) -> Role:
        """Say whose socket this is: the ticket said so."""
        return self.roles[line.number]

    def alive(self, name: WorkerId) -> bool:
        """Say whether a lease is there."""
        return self.store.leases.get(name, 0.0) > self.now

    def start(self) -> Worker:
        """Start a process."""
        self._named += 1
        name = WorkerId(f"{self._named:016x}")
        skew = self.skews[self._named % len(self.skews)]
        self.workers[name] = Worker(name, self, skew=skew)
        self.workers[name].renew()
        return self.workers[name]

    def crash(self, worker: Worker) -> None:
        """Kill a process, and start another."""
        del self.workers[worker.name]
        for line in worker.lines.values():
            line.closed = True
        self.start()

    def stop_drained(self) -> None:
        """Let processes that have given everything away end."""
        for worker in tuple(self.workers.values()):
            if worker.draining and worker.live is None:
                self.store.leases.pop(worker.name, None)
                self.crash(worker)

    def connect(self, role: Role, at: int) -> Line:
        """Open a socket; a paused process takes connections, and no more."""
        self._sockets += 1
        worker = list(self.workers.values())[at % len(self.workers)]
        line = Line(self._sockets)
        worker.lines[line.number] = line
        self.roles[line.number] = role
        return line

    def pass_time(self, seconds: float) -> None:
        """Let time pass: leases are renewed or run out, deadlines come."""
        self.now += seconds
        self.stop_drained()
        for worker in [one for one in self.workers.values() if not one.paused]:
            worker.renew()
        for worker in [one for one in self.workers.values() if not one.paused]:
            worker.look_around()
            if not worker.sure:
                worker.settle()
            worker.due()
            for number in tuple(worker.coming):
                worker.look(number)
            worker.flush()

    def lose_store(self) -> None:
        """Let the store come back empty."""
        self.store.record = None
        self.store.leases.clear()
        self.store.born = self.now
        for worker in self.workers.values():
            if not worker.paused:
                worker.renew()

    def carry(self, at: int) -> None:
        """Bring one batch of the bus to its process, if that still lives."""
        to, batch = self.bus.pop(at)
        worker = self.workers.get(to)
        if worker is None:
            return
        if worker.paused:
            return  # its connection to the bus was closed meanwhile
        worker.take(batch)
        worker.flush()
