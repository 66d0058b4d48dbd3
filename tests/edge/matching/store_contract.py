"""What every ticket store promises; a test class for each adapter inherits this."""

import asyncio
import threading
from collections import Counter

import pytest

from common import events
from common.vocabulary import Mode
from common.worker import worker_id
from matching.domain.policy import MatchPolicy
from matching.events import PairFound
from matching.store import GONE, TAKEN
from tests.edge.matching.pairs import claim, measured
from tests.unit.matching.people import ticket

ANA, BO, CY = (ticket(number, owner=worker_id()) for number in (1, 2, 3))
DI = ticket(4, owner=worker_id())
FEW_KEPT = MatchPolicy(waits_kept=40)


async def until_heard(news, count):
    async with asyncio.timeout(5):
        while len(news) < count:  # noqa: ASYNC110  a list, not an event
            await asyncio.sleep(0.001)


class TicketStoreContract:
    """Needs a fixture `store`: empty, of `FEW_KEPT`, and allowed to claim."""

    @pytest.fixture
    def told(self):
        news = []
        events.subscribe(PairFound, news.append)
        yield news
        events._handlers[PairFound].remove(news.append)

    async def leave_loop(self):
        """Let go of what the store holds for a loop that is about to end."""

    async def test_a_ticket_waits_as_it_was_put(self, store):
        await store.put(ANA)

        assert await store.get(ANA.id) == ANA

    async def test_who_was_never_put_does_not_wait(self, store):
        assert await store.get(ANA.id) is None
        assert not await store.withdraw(ANA.id)

    async def test_a_newer_ticket_of_the_same_id_replaces(self, store):
        newer = ticket(1, mode=Mode.VIDEO, attempt=2)
        await store.put(ANA)
        await store.put(newer)

        assert await store.get(ANA.id) == newer
        assert await store.waiting(Mode.TEXT, other_than=None) == 0

    async def test_a_withdrawal_counts_once(self, store):
        await store.put(ANA)

        assert await store.withdraw(ANA.id)
        assert not await store.withdraw(ANA.id)
        assert await store.get(ANA.id) is None

    async def test_a_claim_takes_both_and_only_both(self, store):
        for one in (ANA, BO, CY):
            await store.put(one)

        assert await claim(store, ANA, BO) == TAKEN
        assert await store.get(ANA.id) is await store.get(BO.id) is None
        assert await store.get(CY.id) == CY
        assert not await store.withdraw(ANA.id)

    async def test_a_claim_of_one_who_left_changes_nothing(self, store):
        await store.put(ANA)

        assert await claim(store, ANA, BO) == GONE
        assert await claim(store, BO, ANA) == GONE
        assert await store.get(ANA.id) == ANA

    async def test_nobody_is_claimed_for_themselves(self, store):
        await store.put(ANA)

        assert await claim(store, ANA, ANA) == GONE
        assert await store.get(ANA.id) == ANA

    async def test_nobody_is_claimed_twice(self, store):
        for one in (ANA, BO, CY):
            await store.put(one)

        claims = await asyncio.gather(
            claim(store, ANA, BO), claim(store, BO, CY), claim(store, CY, ANA)
        )

        assert claims.count(TAKEN) == 1

    async def test_nobody_is_claimed_twice_from_several_threads(self, store):
        tickets = [ticket(number, owner=worker_id()) for number in range(20)]
        for one in tickets:
            await store.put(one)
        taken, start = Counter(), threading.Barrier(4)

        async def claim_here(first, second):
            try:
                return await claim(store, first, second)
            finally:
                await self.leave_loop()

        def matcher(shift):
            start.wait()
            for place, first in enumerate(tickets):
                second = tickets[(place + shift) % len(tickets)]
                if asyncio.run(claim_here(first, second)).taken:
                    taken.update((first.id, second.id))

        threads = [threading.Thread(target=matcher, args=(n,)) for n in (1, 3, 5, 7)]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)

        assert taken.total() > 0
        assert set(taken.values()) == {1}

    async def test_waiting_counts_persons_of_a_mode(self, store):
        second_window = ticket(4, person=ANA.person)
        for one in (ANA, second_window, BO, ticket(5, mode=Mode.VIDEO)):
            await store.put(one)

        assert await store.waiting(Mode.TEXT, other_than=None) == 2
        assert await store.waiting(Mode.TEXT, other_than=ANA.person) == 1
        assert await store.waiting(Mode.TEXT, other_than=CY.person) == 2
        assert await store.waiting(Mode.VOICE, other_than=None) == 0

    async def test_a_pair_is_told_once_to_the_owner(self, store, told):
        for one in (ANA, BO, CY, DI):
            await store.put(one)
        await claim(store, ANA, BO, at=11.5)
        await claim(store, ANA, BO, at=11.6)
        await claim(store, CY, DI, at=12.0)
        await until_heard(told, 2)

        assert told == [
            PairFound(first=ANA, second=BO, at=11.5),
            PairFound(first=CY, second=DI, at=12.0),
        ]

    async def test_two_who_met_are_refused_until_their_time(self, store):
        await store.remember_pair(b"mark", now=100.0, until=1000.25)
        for one in (ANA, BO):
            await store.put(one)

        refused = await claim(store, ANA, BO, at=1000.0, mark=b"mark")
        assert (refused.taken, refused.met_until) == (False, 1000.25)
        assert await store.get(ANA.id) == ANA
        assert await claim(store, ANA, BO, at=1000.5, mark=b"mark") == TAKEN

    async def test_a_claimed_pair_has_met(self, store):
        for one in (ANA, BO):
            await store.put(one)
        await claim(store, ANA, BO, at=10.0, mark=b"mark", until=910.0)
        for one in (CY, DI):
            await store.put(one)

        refused = await claim(store, CY, DI, at=909.0, mark=b"mark")
        assert refused.met_until == 910.0

    async def test_a_later_meeting_counts_longer(self, store):
        await store.remember_pair(b"mark", now=0.0, until=900.0)
        await store.remember_pair(b"mark", now=600.0, until=1500.0)
        for one in (ANA, BO):
            await store.put(one)

        assert not (await claim(store, ANA, BO, at=1000.0, mark=b"mark")).taken

    async def test_waits_are_kept_by_mode_and_time(self, store):
        for at in (10.0, 20.0, 30.0):
            await measured(store, at / 10, 0.5, at=at)
        await measured(store, 9.0, 1.0, at=25.0, mode=Mode.VIDEO)

        texts = list(await store.waits(Mode.TEXT, after=20.0))
        assert texts == [2.0, 0.5, 3.0, 0.5]
        assert list(await store.waits(Mode.VIDEO, after=0.0)) == [9.0, 1.0]
        assert list(await store.waits(Mode.VOICE, after=0.0)) == []

    async def test_waits_are_bounded(self, store):
        many = range(FEW_KEPT.waits_kept + 6)
        await measured(store, *map(float, many), at=float(len(many)))

        kept = await store.waits(Mode.TEXT, after=0.0)
        assert (len(kept), kept[0], kept[-1]) == (FEW_KEPT.waits_kept, 6.0, many[-1])
