"""A process of the site in `site.py`: its sockets, and its ways to the others."""

from collections import deque
from typing import TYPE_CHECKING

from typing_extensions import override

from chat.domain import passage, record, records, recovery
from chat.domain.conversation import Conversation
from chat.domain.inputs import Moment, Resumed
from chat.domain.link import Link
from chat.domain.passage import Kind, Passage
from chat.domain.policy import LEASE, RECORD
from chat.domain.record import ConversationRecord, Takeover, may_take_over
from common.ids import WorkerId
from tests.unit.chat.site_home import Home
from tests.unit.chat.site_parts import Coming, Endpoint, Live
from tests.unit.chat.site_passages import HEED
from tests.unit.chat.wanderers import Line
from trust.domain.franking import Role

if TYPE_CHECKING:
    from tests.unit.chat.site import Site

UNIX = 1_800_000_000.0
"""Where the clocks of the site begin, in seconds since 1970."""


class Worker(Home):
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
    @override
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

    @override
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
            self.become_home(before, Conversation(state), coming, given=False)

    def _ask(self, coming: Coming, standing: ConversationRecord) -> None:
        if coming.number in self.seats:
            return  # asked already
        self.seats[coming.number] = (standing.home, coming.role)
        self.asked[coming.number] = coming, standing
        place = passage.Place(coming.role, self.site.slot, coming.received)
        raw = passage.write_place(place)
        self.send(standing.home, Kind.RESUME, coming.number, raw)

    def become_home(
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
        resumed = Resumed(slot=self.site.slot, received=coming.received)
        self.resume(resumed, coming.role, Endpoint(self.name, coming.number))

    # --- other processes ----------------------------------------------------------

    @override
    def send(self, to: WorkerId, kind: Kind, socket: int, payload: bytes = b"") -> None:
        """Send a passage over the link."""
        self._link(to).send(passage.write(kind, socket, self.site.id, payload))

    def flush(self) -> None:
        """Publish what waits, and what is due."""
        for name, link in tuple(self.links.items()):
            batches = [*link.flush(self.site.now), *link.tick(self.site.now)]
            if link.broken:
                link.restart()
                self.cut(name)
                batches += link.flush(self.site.now)
            self.site.bus += [(name, batch) for batch in batches]

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
        HEED[said.kind](self, sender, said)

    def role_at(self, endpoint: Endpoint) -> Role | None:
        for role, present in self.live.endpoints.items() if self.live else ():
            if present == endpoint:
                return role
        return None

    def seated(self, sender: WorkerId, said: Passage) -> Line | None:
        if self.seats.get(said.socket, ("", None))[0] != sender:
            return None
        self.coming.pop(said.socket, None)
        return self.lines.get(said.socket)
