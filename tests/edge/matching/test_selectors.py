import asyncio

from asgiref.sync import async_to_sync

from common import clock
from common.vocabulary import Mode
from matching.domain.policy import POLICY
from matching.selectors import WaitingNumbers, waiting_numbers
from tests.unit.matching.people import ticket

ANA, BO = ticket(1), ticket(2)


async def measured(store, *seconds, at):
    for one in seconds:
        await store.record_wait(Mode.TEXT, one, at=at)


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
    await measured(process_store, *[1.0] * (POLICY.waits_needed - 1), at=now)

    assert (await waiting_numbers(Mode.TEXT)).expected is None


async def test_recent_waits_are_summed_up(process_store):
    waits = [float(number) for number in range(1, 21)]
    await measured(process_store, *waits, at=clock.unix())

    assert (await waiting_numbers(Mode.TEXT)).expected == (10.0, 18.0)
    assert (await waiting_numbers(Mode.VOICE)).expected is None


def test_a_page_in_another_thread_sees_the_same_numbers(process_store):
    asyncio.run(process_store.put(ANA))

    assert async_to_sync(waiting_numbers)(Mode.TEXT).waiting == 1
