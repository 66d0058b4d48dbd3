"""What every conversation store promises; each adapter's test class inherits it."""

import asyncio
from dataclasses import replace

import pytest

from chat.domain.effects import EndReason
from chat.domain.policy import RecordPolicy
from chat.domain.record import with_home
from common.ids import WorkerId
from tests.unit.chat.records_of import ELSEWHERE, HERE, THERE, A, B, ended, record

BRIEF = RecordPolicy(running_seconds=0.8, ended_seconds=0.2)
"""Kept so shortly that a test can wait for it."""


class ConversationStoreContract:
    """Needs fixtures: `store`, empty, and `brief`, the same under `BRIEF`."""

    async def test_a_record_is_kept_as_it_was_put(self, store):
        assert await store.put(record())

        assert await store.get(record().id) == record()

    async def test_what_was_never_put_is_not_there(self, store):
        await store.put(record(1))

        assert await store.get(record(2).id) is None

    async def test_the_home_writes_again(self, store):
        await store.put(record(open=False))

        assert await store.put(record(open=True))
        assert await store.get(record().id) == record(open=True)

    async def test_another_home_at_this_epoch_or_above_stands(self, store):
        standing = record(home=THERE, epoch=2)
        await store.put(standing)

        assert not await store.put(record(home=HERE, epoch=2))
        assert not await store.put(record(home=HERE, epoch=1))
        assert not await store.put(record(home=THERE, epoch=1))
        assert await store.get(standing.id) == standing

    async def test_a_former_home_writes_back_in_vain(self, store):
        """The store came back empty, and the deposed home was there first."""
        await store.put(record(home=HERE, epoch=9))

        assert await store.put(record(home=THERE, epoch=10))
        assert not await store.put(record(home=HERE, epoch=9))
        assert await store.get(record().id) == record(home=THERE, epoch=10)

    async def test_a_conversation_is_taken_over_at_the_epoch_that_stands(self, store):
        await store.put(record())
        taken = with_home(record(), THERE)

        assert await store.take_over(taken, was_epoch=1)
        assert await store.get(taken.id) == taken

    async def test_a_home_that_was_deposed_writes_nothing(self, store):
        await store.put(record())
        await store.take_over(with_home(record(), THERE), was_epoch=1)

        assert not await store.put(record())
        assert not await store.end(ended(record()))
        assert await store.get(record().id) == with_home(record(), THERE)

    @pytest.mark.parametrize("was_epoch", [0, 1, 3])
    async def test_at_another_epoch_nothing_is_taken(self, store, was_epoch):
        standing = record(epoch=2)
        await store.put(standing)
        wanted = record(home=THERE, epoch=was_epoch + 1)

        assert not await store.take_over(wanted, was_epoch=was_epoch)
        assert await store.get(standing.id) == standing

    async def test_what_is_not_there_is_not_taken(self, store):
        assert not await store.take_over(with_home(record(), THERE), was_epoch=1)
        assert await store.get(record().id) is None

    async def test_exactly_one_of_many_takes_it(self, store):
        await store.put(record())
        wanted = [with_home(record(), WorkerId(f"{n:016}")) for n in range(20)]

        taken = await asyncio.gather(
            *(store.take_over(each, was_epoch=1) for each in wanted)
        )

        assert taken.count(True) == 1
        assert await store.get(record().id) == wanted[taken.index(True)]

    async def test_one_of_many_calls_of_one_process_takes_it(self, store):
        await store.put(record())
        wanted = with_home(record(), THERE)

        taken = await asyncio.gather(
            *(store.take_over(wanted, was_epoch=1) for _ in range(20))
        )

        assert taken.count(True) == 1

    async def test_it_moves_from_home_to_home(self, store):
        await store.put(record())
        for number, home in enumerate([THERE, ELSEWHERE, HERE], start=1):
            standing = await store.get(record().id)
            moved = with_home(standing, home)
            assert await store.take_over(moved, was_epoch=number)

        assert await store.put(record(epoch=4))
        assert not await store.take_over(with_home(record(), THERE), was_epoch=1)

    async def test_the_first_end_stands(self, store):
        await store.put(record())
        first = ended(record())
        second = ended(record(), dict.fromkeys((A, B), EndReason.EXPIRED))

        assert await store.end(first)
        assert not await store.end(second)
        assert await store.get(record().id) == first

    async def test_exactly_one_of_many_ends_stands(self, store):
        await store.put(record())
        ends = [ended(replace(record(), started=float(n))) for n in range(20)]

        stood = await asyncio.gather(*(store.end(each) for each in ends))

        assert stood.count(True) == 1
        assert await store.get(record().id) == ends[stood.index(True)]

    async def test_after_the_end_nothing_is_written(self, store):
        await store.end(ended(record()))

        assert not await store.put(record())
        assert not await store.put(record(home=THERE, epoch=7))
        assert not await store.take_over(with_home(record(), THERE), was_epoch=1)
        assert await store.get(record().id) == ended(record())

    async def test_an_end_and_a_takeover_at_once_agree(self, store):
        """Whichever was first, the other learns it."""
        for number in range(20):
            await store.put(record(number))
            taken = with_home(record(number), THERE)

            outcome = await asyncio.gather(
                store.end(ended(record(number))),
                store.take_over(taken, was_epoch=1),
            )

            assert outcome.count(True) == 1
            stands = ended(record(number)) if outcome[0] else taken
            assert await store.get(taken.id) == stands

    async def test_an_end_is_kept_for_a_while(self, brief):
        await brief.put(record())
        await brief.end(ended(record()))
        kept = await brief.get(record().id)

        await self.wait(BRIEF.ended_seconds)

        assert kept == ended(record())
        assert await brief.get(record().id) is None

    async def test_what_runs_is_not_kept_for_ever(self, brief):
        await brief.put(record(1))
        await brief.put(record(2))
        await self.wait(BRIEF.running_seconds / 2)
        await brief.put(record(1))
        await self.wait(BRIEF.running_seconds / 2)

        assert await brief.get(record(1).id) == record(1)
        assert await brief.get(record(2).id) is None

    async def test_a_takeover_is_kept_as_long_as_what_runs(self, brief):
        await brief.put(record())
        await self.wait(BRIEF.running_seconds / 2)
        taken = with_home(record(), THERE)
        await brief.take_over(taken, was_epoch=1)
        await self.wait(BRIEF.running_seconds / 2)

        assert await brief.get(record().id) == taken

    async def test_a_store_grows_older(self, store):
        young = await store.age_seconds()
        await self.wait(0.1)
        older = await store.age_seconds()

        assert 0 <= young < 0.5
        assert young + 0.1 <= older < young + 2
