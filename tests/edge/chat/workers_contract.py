"""What every adapter of `Workers` promises; each one's test class inherits it."""

from dataclasses import replace

from chat.workers import WorkerFacts
from tests.unit.chat.records_of import ELSEWHERE, HERE, THERE

BUSY = WorkerFacts(online=20, conversations=9, draining=False)
IDLE = WorkerFacts(online=0, conversations=0, draining=False)


class WorkersContract:
    """Needs a fixture `workers` that knows nobody."""

    async def test_a_lease_was_not_there_before_the_first_renewal(self, workers):
        assert await workers.renew(HERE, IDLE) is False
        assert await workers.renew(HERE, IDLE) is True

    async def test_who_renews_is_alive(self, workers):
        await workers.renew(HERE, IDLE)

        assert await workers.alive(HERE) is True
        assert await workers.alive(THERE) is False

    async def test_a_lease_that_is_held_has_time_left(self, workers):
        await workers.renew(HERE, IDLE)
        await workers.renew(THERE, IDLE)

        left = await workers.seconds_left({HERE, ELSEWHERE})

        assert left.keys() == {HERE}
        assert left[HERE] > 4

    async def test_of_nobody_nothing_is_left(self, workers):
        assert await workers.seconds_left(frozenset()) == {}

    async def test_everyone_is_known_by_what_they_last_said(self, workers):
        draining = replace(BUSY, draining=True)
        for worker, facts in [(HERE, IDLE), (THERE, IDLE), (HERE, draining)]:
            await workers.renew(worker, facts)

        assert await workers.everyone() == {HERE: draining, THERE: IDLE}

    async def test_at_first_nobody_is_there(self, workers):
        assert await workers.everyone() == {}

    async def test_who_resigns_is_gone_at_once(self, workers):
        await workers.renew(HERE, BUSY)
        await workers.renew(THERE, IDLE)
        await workers.resign(HERE)

        assert await workers.alive(HERE) is False
        assert await workers.seconds_left({HERE}) == {}
        assert await workers.everyone() == {THERE: IDLE}
        assert await workers.renew(HERE, BUSY) is False

    async def test_nobody_resigns_twice(self, workers):
        await workers.renew(THERE, IDLE)
        await workers.resign(HERE)

        assert await workers.everyone() == {THERE: IDLE}
