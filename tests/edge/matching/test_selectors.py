import asyncio

import pytest
from asgiref.sync import async_to_sync

from common import clock
from common.vocabulary import Mode
from matching import selectors
from matching.domain.policy import POLICY
from matching.selectors import WaitingNumbers, waiting_numbers
from matching.store import StoreUnreachableError
from matching.store_memory import MemoryTicketStore
from tests.edge.matching.pairs import measured
from tests.unit.matching.people import ticket

ANA, BO = ticket(1), ticket(2)


class LostStore(MemoryTicketStore):
    """Answers until it is lost."""

    lost = False

    async def waiting(self, mode, *, other_than):
        if self.lost:
            raise StoreUnreachableError
        return await super().waiting(mode, other_than=other_than)


@pytest.fixture
def lost_store(monkeypatch):
    store = LostStore(POLICY)
    monkeypatch.setattr(selectors, "ticket_store", lambda: store)
    monkeypatch.setattr(selectors, "_last", {})
    return store


async def test_an_empty_site_says_so():
    expected = WaitingNumbers(waiting=0, expected=None)

    assert await waiting_numbers(Mode.TEXT) == expected


async def test_the_asking_person_is_not_counted(process_store):
    await process_store.put(ANA)
    await process_store.put(BO)

    numbers = await waiting_numbers(Mode.TEXT, other_than=ANA.person)

    assert numbers.waiting == 1


async def test_nothing_is_promised_from_too_few_or_too_old_waits(process_store):
    now = clock.unix()
    old = now - POLICY.waits_window_seconds - 1
    await measured(process_store, *[1.0] * POLICY.waits_needed, at=old)
    await measured(process_store, *[1.0] * (POLICY.waits_needed - 2), at=now)

    assert (await waiting_numbers(Mode.TEXT)).expected is None


async def test_recent_waits_are_summed_up(process_store):
    waits = [float(number) for number in range(1, 21)]
    await measured(process_store, *waits, at=clock.unix())

    assert (await waiting_numbers(Mode.TEXT)).expected == (10.0, 18.0)
    assert (await waiting_numbers(Mode.VOICE)).expected is None


def test_a_page_in_another_thread_sees_the_same_numbers(process_store):
    asyncio.run(process_store.put(ANA))

    assert async_to_sync(waiting_numbers)(Mode.TEXT).waiting == 1


async def test_a_lost_store_leaves_the_last_numbers(lost_store):
    await lost_store.put(ANA)
    before = await waiting_numbers(Mode.TEXT)
    lost_store.lost = True

    assert before.waiting == 1
    assert await waiting_numbers(Mode.TEXT) == before
    assert (await waiting_numbers(Mode.VIDEO)).waiting == 0
