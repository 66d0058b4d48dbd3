"""Couples that go on talking while things break, and what came through.

Each side writes numbered messages at a steady pace and comes back by itself, as
the protocol says, whenever its socket is lost::

    crowd = await Crowd.gather(site, couples=8)
    await asyncio.sleep(3)
    since = crowd.now()
    site.programs["web1"].kill()
    await asyncio.sleep(10)
    for record in await crowd.settle(since=since):
        assert record.whole, record
    await crowd.leave()

Clients live on the event loop that `gather` was awaited on. What blocks, such as
starting a worker, belongs into `asyncio.to_thread`.
"""

import asyncio
import itertools
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tests.support.balancer import Line
from tests.support.meeting import wish
from tests.support.topology import WEB, Topology
from tests.wire_client.keeper import Event, Keeper
from tests.wire_client.stranger import Stranger

PLACES = tuple(itertools.product(WEB, WEB))
"""Where the two of a couple are at first: on one worker, on the other, on both."""
PENDING = 6
"""Texts that may wait to be sent: a person who gets nothing through pauses."""
MEET_SECONDS = 30
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What came through to one person; texts are named by their numbers.

    Args:
        owed: how many of the partner's texts must have come: all that it has sent
            or, in a conversation that ended, all that it was told had come.
        heard: numbers of the partner's texts, in the order of their arrival.
        misdirected: texts that were not the partner's.
        refused: why this client would have left with `integrity`.
        endings: reasons of each `conversation.ended`.
        sockets: how often a newer socket took over.
        longest_pause: seconds between two arrivals, or the last arrival before
            the fault and the first after it; none when nothing came after it.

    """

    owed: int
    heard: tuple[int, ...]
    misdirected: tuple[str, ...]
    refused: tuple[str, ...]
    endings: tuple[str, ...]
    sockets: int
    longest_pause: float | None

    @property
    def doubled(self) -> int:
        """Count texts that came more than once."""
        return len(self.heard) - len(set(self.heard))

    @property
    def reordered(self) -> int:
        """Count texts that came after a later one."""
        return sum(late < soon for soon, late in itertools.pairwise(self.heard))

    @property
    def lost(self) -> int:
        """Count texts that must have come and did not."""
        return len(set(range(self.owed)) - set(self.heard))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What came through in one conversation."""

    name: str
    places: tuple[str, str]
    sides: tuple[Side, Side]

    @property
    def whole(self) -> bool:
        """Say whether it goes on, with everything in its place."""
        return not self.flaws and not any(side.endings for side in self.sides)

    @property
    def flaws(self) -> dict[str, int]:
        """Count what may never happen, whatever died."""
        counts = {
            "lost": sum(side.lost for side in self.sides),
            "doubled": sum(side.doubled for side in self.sides),
            "reordered": sum(side.reordered for side in self.sides),
            "misdirected": sum(len(side.misdirected) for side in self.sides),
            "refused": sum(len(side.refused) for side in self.sides),
        }
        return {flaw: count for flaw, count in counts.items() if count}

    @property
    def recovery(self) -> float | None:
        """The longer pause of the two; none when a side heard nothing any more."""
        pauses = [side.longest_pause for side in self.sides]
        return None if None in pauses else max(filter(None, pauses), default=0.0)


@dataclass(slots=True, kw_only=True)
class Person:
    """One side of a conversation: a client, its line, and what it writes."""

    stranger: Stranger
    line: Line
    name: str
    keeper: Keeper = field(init=False)
    written: int = 0

    def write(self) -> None:
        """Write the next text, unless enough wait already."""
        if self.keeper.over is None and len(self.keeper.outbox.written) < PENDING:
            self.stranger.talk(f"{self.name} {self.written}")
            self.written += 1

    async def quiet(self) -> None:
        """Wait until everything written has arrived, or nothing will any more."""
        while self.keeper.over is None and self._pending():  # noqa: ASYNC110  a test may
            await asyncio.sleep(LOOK_SECONDS)

    async def cut(self, seconds: float) -> None:
        """Be without a network for so long."""
        self.line.cut()
        await asyncio.sleep(seconds)
        self.line.mend()

    def owes(self) -> int:
        """Count the texts that the partner must have by now."""
        talk = self.keeper.outbox.talk
        return talk.sent if self.keeper.over is None else talk.acked

    def _pending(self) -> bool:
        talk = self.keeper.outbox.talk
        return bool(self.keeper.outbox.written) or talk.acked < len(talk.sealed)

    def record(self, partner: "Person", *, since: float | None) -> Side:
        """Sum up what came from the partner."""
        texts = [payload.text for payload in self.stranger.heard]
        own = [text for text in texts if text.startswith(f"{partner.name} ")]
        resumed = [one for one in self.keeper.events if one.kind == "resumed"]
        return Side(
            owed=partner.owes(),
            heard=tuple(int(text.rpartition(" ")[2]) for text in own),
            misdirected=tuple(text for text in texts if text not in own),
            refused=tuple(self.stranger.dropped),
            endings=tuple(str(end["reason"]) for end in self.stranger.endings),
            sockets=len(resumed),
            longest_pause=longest_pause(self.keeper.events, since=since),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Couple:
    """Two people in one conversation."""

    name: str
    places: tuple[str, str]
    people: tuple[Person, Person]

    def record(self, *, since: float | None) -> Record:
        """Sum up what came through both ways."""
        one, other = self.people
        sides = one.record(other, since=since), other.record(one, since=since)
        return Record(name=self.name, places=self.places, sides=sides)


class Crowd:
    """Couples that talk at the same time."""

    def __init__(self, couples: Sequence[Couple], *, pace_seconds: float) -> None:
        """Take couples that have met; `gather` makes them."""
        self.couples = tuple(couples)
        self._pace_seconds = pace_seconds
        self._writing: list[asyncio.Task[None]] = []

    @classmethod
    async def gather(
        cls,
        site: Topology,
        *,
        couples: int,
        pace_seconds: float = 1.0,
        **manners: float,
    ) -> "Crowd":
        """Let couples meet and begin to talk, spread over the workers.

        Args:
            site: where.
            couples: how many.
            pace_seconds: between two texts of one person.
            manners: of the clients, as `keeper.Manners` names them.

        """
        places = itertools.islice(itertools.cycle(PLACES), couples)
        met = await asyncio.gather(*(introduce(site, place) for place in places))
        for couple in met:
            for person in couple.people:
                person.keeper = person.stranger.keep(**manners)
        crowd = cls(met, pace_seconds=pace_seconds)
        crowd.talk()
        return crowd

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody."""
        return tuple(person for couple in self.couples for person in couple.people)

    def now(self) -> float:
        """Read the clock of the records."""
        return asyncio.get_running_loop().time()

    def talk(self) -> None:
        """Begin to write, and go on until `hush`."""
        self._writing = [asyncio.create_task(self._write(one)) for one in self.people]

    async def hush(self) -> None:
        """Write no more."""
        for task in self._writing:
            task.cancel()
        await asyncio.gather(*self._writing, return_exceptions=True)

    async def settle(
        self, *, since: float | None = None, within: float = 60.0
    ) -> tuple[Record, ...]:
        """Write no more, wait for all that is under way, and sum up.

        Args:
            since: when the fault was; pauses are measured from there.
            within: seconds until what has not come counts as lost.

        """
        await self.hush()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await asyncio.gather(*(one.quiet() for one in self.people))
        return tuple(couple.record(since=since) for couple in self.couples)

    async def leave(self) -> None:
        """Close every socket; conversations end with it."""
        await self.hush()
        for person in self.people:
            await person.stranger.go()

    async def _write(self, person: Person) -> None:
        while True:
            person.write()
            await asyncio.sleep(self._pace_seconds)


async def introduce(site: Topology, places: tuple[str, str]) -> Couple:
    """Let two new visitors meet, each at a worker of its own choice."""
    name = f"couple {secrets.token_hex(4)}"
    people = []
    for role, place in zip("AB", places, strict=True):
        line = site.line(place)
        stranger = await Stranger.arrive(line.url)
        people.append(Person(stranger=stranger, line=line, name=f"{name} {role}"))
    await asyncio.gather(
        *(person.stranger.meet(within=MEET_SECONDS, **wish(name)) for person in people)
    )
    return Couple(name=name, places=places, people=(people[0], people[1]))


def longest_pause(events: Sequence[Event], *, since: float | None) -> float | None:
    """Find the longest time without an arrival, from the last one before a fault."""
    times = [event.at for event in events if event.kind == "heard"]
    pauses = [
        late - soon
        for soon, late in itertools.pairwise(times)
        if since is None or late >= since
    ]
    return max(pauses, default=None)
