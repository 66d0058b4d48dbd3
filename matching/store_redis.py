"""Tickets in Redis: what several processes share when they match together.

Tickets are soft state: one that its owner does not renew vanishes. Only the
holder of the matcher's lease can claim, and a claim sends the pair to its owner
in the same step, so that no crash can come between.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from typing_extensions import override

from common import clock
from common.ids import PersonId, TicketId
from common.redis import async_redis
from common.vocabulary import Mode
from matching import redis_scripts as scripts
from matching.domain.policy import LEASES, LeasePolicy, MatchPolicy
from matching.domain.ticket import Ticket
from matching.domain.ticket_text import UnreadableTicketError, read, write
from matching.events import PairFound
from matching.redis_calls import reached, run
from matching.store import GONE, TAKEN, Claim, DeposedError, TicketStore

_RENEW_AT_ONCE = 500
"""Ids in one script: Redis does nothing else for well under a millisecond."""


class RedisTicketStore(TicketStore):
    """Tickets, marks and waits; may be used from any event loop."""

    def __init__(
        self,
        policy: MatchPolicy,
        *,
        leases: LeasePolicy = LEASES,
        token: str = "",
        steady: Callable[[], float] = clock.monotonic,
    ) -> None:
        """Prepare; `token` is that of the matcher's lease, for claims."""
        self._policy = policy
        self._leases = leases
        self._token = token
        self._steady = steady
        self._waits: dict[Mode, tuple[float, list[tuple[float, float]]]] = {}

    @override
    async def put(self, ticket: Ticket) -> None:
        await self._run(scripts.PUT, write(ticket), self._ticket_ms)

    @override
    async def get(self, ticket_id: TicketId) -> Ticket | None:
        text = await self._run(scripts.GET, ticket_id)
        return None if text is None else _legible(text)

    @override
    async def withdraw(self, ticket_id: TicketId) -> bool:
        return bool(await self._run(scripts.WITHDRAW, ticket_id))

    @override
    async def claim(self, pair: PairFound, *, mark: bytes, until: float) -> Claim:
        answer: bytes = await self._run(
            scripts.CLAIM,
            *(self._token, pair.first.id, pair.second.id, mark.hex()),
            *(repr(pair.at), repr(until)),
            *(self._policy.waits_kept, round(self._policy.waits_window_seconds)),
        )
        if answer == b"deposed":
            raise DeposedError(self._token)
        known = {b"taken": TAKEN, b"gone": GONE}
        return known.get(answer) or Claim(taken=False, met_until=float(answer))

    @override
    async def waiting(self, mode: Mode, *, other_than: PersonId | None) -> int:
        aside = "" if other_than is None else other_than.hex
        return int(await self._run(scripts.WAITING, mode, aside))

    @override
    async def remember_pair(self, mark: bytes, *, now: float, until: float) -> None:
        lasts = round((until - now) * 1000)
        async with self._reached():
            await async_redis().set(scripts.MET + mark.hex(), repr(until), px=lasts)

    @override
    async def waits(self, mode: Mode, *, after: float) -> Sequence[float]:
        """Read them; what was read a moment ago is answered from memory."""
        read_at, recorded = self._waits.get(mode, (0.0, []))
        now = self._steady()
        if mode not in self._waits or now - read_at > self._leases.waits_fresh_seconds:
            recorded = await self._read_waits(mode)
            self._waits[mode] = (now, recorded)
        return [seconds for at, seconds in recorded if at >= after]

    async def renew(self, ids: Sequence[TicketId]) -> frozenset[TicketId]:
        """Let tickets wait on; gives those that do not wait any more."""
        script = async_redis().register_script(scripts.RENEW)
        async with self._reached(), async_redis().pipeline(transaction=False) as pipe:
            for start in range(0, len(ids), _RENEW_AT_ONCE):
                some = ids[start : start + _RENEW_AT_ONCE]
                await script(args=(self._ticket_ms, *some), client=pipe)
            answers = await pipe.execute()
        return frozenset(TicketId(one.decode()) for gone in answers for one in gone)

    async def ids(self) -> frozenset[TicketId]:
        """Name everyone who waits."""
        found: list[bytes] = await self._run(scripts.IDS)
        return frozenset(TicketId(one.decode()) for one in found)

    async def read(self, ids: Iterable[TicketId]) -> list[Ticket]:
        """Read several tickets; those that are gone by now are left out."""
        asked = list(ids)
        if not asked:
            return []
        async with self._reached():
            texts = await async_redis().hmget(scripts.TICKETS, asked)
        legible = (_legible(text) for text in texts if isinstance(text, bytes))
        return [ticket for ticket in legible if ticket is not None]

    @property
    def _ticket_ms(self) -> int:
        return round(self._leases.ticket_seconds * 1000)

    async def _read_waits(self, mode: Mode) -> list[tuple[float, float]]:
        async with self._reached():
            lines = await async_redis().lrange(scripts.WAITS + mode, 0, -1)
        pairs = (line.split() for line in lines)
        return [(float(at), float(seconds)) for at, seconds in pairs]

    async def _run(self, script: str, *arguments: bytes | str | float) -> Any:
        return await run(script, *arguments, seconds=self._leases.store_seconds)

    def _reached(self) -> AbstractAsyncContextManager[None]:
        return reached(seconds=self._leases.store_seconds)


def _legible(text: bytes) -> Ticket | None:
    """Read a ticket; that of another version waits for a matcher of its own."""
    try:
        return read(text)
    except UnreadableTicketError:
        return None
