"""What every ticket store promises; a test class for each adapter inherits this."""

import asyncio
import threading
from collections import Counter

from common.vocabulary import Mode
from matching.domain.policy import POLICY
from tests.unit.matching.people import ticket

ANA, BO, CY = ticket(1), ticket(2), ticket(3)


class TicketStoreContract:
    """Needs a fixture `store`: an empty store of the adapter."""

    async def test_a_ticket_waits_as_it_was_put(self, store):
        await store.put(ANA)

        assert await store.get(ANA.id) == ANA

    async def test_who_was_never_put_does_not_wait(self, store):
        assert await store.get(ANA.id) is None
        assert not await store.withdraw(ANA.id)

    async def test_a_newer_ticket_of_the_same_id_replaces(self, store):
        newer = ticket(1, mode=Mode.VIDEO)
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

        assert await store.claim(ANA.id, BO.id)
        assert await store.get(ANA.id) is await store.get(BO.id) is None
        assert await store.get(CY.id) == CY
        assert not await store.withdraw(ANA.id)

    async def test_a_claim_of_one_who_left_changes_nothing(self, store):
        await store.put(ANA)

        assert not await store.claim(ANA.id, BO.id)
        assert not await store.claim(BO.id, ANA.id)
        assert await store.get(ANA.id) == ANA

    async def test_nobody_is_claimed_for_themselves(self, store):
        await store.put(ANA)

        assert not await store.claim(ANA.id, ANA.id)
        assert await store.get(ANA.id) == ANA

    async def test_nobody_is_claimed_twice(self, store):
        for one in (ANA, BO, CY):
            await store.put(one)

        claims = await asyncio.gather(
            store.claim(ANA.id, BO.id),
            store.claim(BO.id, CY.id),
            store.claim(CY.id, ANA.id),
        )

        assert claims.count(True) == 1

    async def test_nobody_is_claimed_twice_from_several_threads(self, store):
        tickets = [ticket(number) for number in range(20)]
        for one in tickets:
            await store.put(one)
        taken, start = Counter(), threading.Barrier(4)

        def matcher(shift):
            start.wait()
            for place, first in enumerate(tickets):
                second = tickets[(place + shift) % len(tickets)]
                if asyncio.run(store.claim(first.id, second.id)):
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

    async def test_a_pair_is_remembered_until_its_time(self, store):
        await store.remember_pair(b"mark", now=0, until=900)

        assert store.recent.get(b"mark") == 900

    async def test_old_pairs_are_forgotten(self, store):
        await store.remember_pair(b"old", now=0, until=900)
        await store.remember_pair(b"again", now=1, until=901)
        await store.remember_pair(b"again", now=600, until=1500)
        await store.remember_pair(b"new", now=1000, until=1900)

        assert dict(store.recent) == {b"again": 1500, b"new": 1900}

    async def test_waits_are_kept_by_mode_and_time(self, store):
        for at in (10.0, 20.0, 30.0):
            await store.record_wait(Mode.TEXT, at / 10, at=at)
        await store.record_wait(Mode.VIDEO, 9.0, at=25.0)

        assert list(await store.waits(Mode.TEXT, after=20.0)) == [2.0, 3.0]
        assert list(await store.waits(Mode.VIDEO, after=0.0)) == [9.0]
        assert list(await store.waits(Mode.VOICE, after=0.0)) == []

    async def test_waits_are_bounded(self, store):
        for number in range(POLICY.waits_kept + 5):
            await store.record_wait(Mode.TEXT, float(number), at=float(number))

        kept = await store.waits(Mode.TEXT, after=0.0)
        assert (len(kept), kept[0]) == (POLICY.waits_kept, 5.0)
