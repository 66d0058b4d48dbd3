"""The runner: pairs are told once, and no failure strands anybody."""

import asyncio

import pytest

from common import clock, events
from common.vocabulary import Mode
from matching.domain.policy import POLICY, MatchPolicy
from matching.events import PairFound
from matching.runner import Runner, ensure_running, remember_pair
from matching.store import DeposedError
from matching.store_memory import MemoryTicketStore
from tests.unit.matching.people import ticket

ANA, BO, CY = ticket(1), ticket(2), ticket(3)


class UnsteadyStore(MemoryTicketStore):
    """Fails to claim, as it is told to."""

    def __init__(self):
        super().__init__(POLICY)
        self.failures = []
        self.claims = 0

    async def claim(self, pair, **mark):
        self.claims += 1
        if self.failures:
            raise self.failures.pop()
        return await super().claim(pair, **mark)


class House:
    """A runner with a clock to turn, and the news it told."""

    def __init__(self):
        self.time = 0.0
        self.store = UnsteadyStore()
        self.told = []
        self.runner = Runner(self.store, now=lambda: self.time)

    async def offer(self, *tickets):
        for one in tickets:
            await self.store.put(one)
            self.runner.offer(one)

    async def leave(self, one):
        self.runner.withdraw(one.id)
        return await self.store.withdraw(one.id)

    async def step(self, at=None):
        self.time = self.time if at is None else at
        await self.runner.step()
        return [{news.first.id, news.second.id} for news in self.told]


@pytest.fixture
def house():
    house = House()
    events.subscribe(PairFound, house.told.append)
    yield house
    events._handlers[PairFound].remove(house.told.append)


async def test_two_who_may_meet_are_told_once(house):
    await house.offer(ANA, BO)

    assert await house.step(at=3.0) == [{ANA.id, BO.id}]
    assert house.told[0].at == 3.0
    assert await house.step(at=60.0) == [{ANA.id, BO.id}]


async def test_who_came_first_is_served_first(house):
    await house.offer(ANA, BO, CY)

    assert await house.step() == [{ANA.id, BO.id}]


async def test_whoever_left_before_the_look_is_not_told(house):
    await house.offer(ANA, BO)

    assert await house.leave(ANA)
    assert await house.step() == []
    assert await house.store.get(BO.id) == BO


async def test_the_survivor_of_a_failed_claim_meets_the_next(house):
    """The partner's socket is gone, and the pool has not heard of it yet."""
    await house.offer(ANA)
    await house.step()
    await house.store.withdraw(ANA.id)
    await house.offer(BO)
    assert await house.step() == []
    await house.offer(CY)

    assert await house.step() == [{BO.id, CY.id}]


async def test_a_pair_is_not_told_again_for_a_while(house):
    await house.offer(ANA, BO)
    await house.step()
    await house.offer(ticket(1, id="again-1"), ticket(2, id="again-2"))

    assert len(await house.step(at=POLICY.recent_partner_seconds - 1)) == 1
    assert len(await house.step(at=POLICY.recent_partner_seconds + 16)) == 2


async def test_who_parted_late_does_not_meet_at_once(house):
    now = house.time = clock.unix()
    await remember_pair(house.store, ANA.person, BO.person)
    await house.offer(ticket(1, since=now), ticket(2, since=now))

    assert await house.step(at=now + 100) == []
    assert house.store.claims == 1
    assert await house.step(at=now + 200) == []
    assert house.store.claims == 1  # what the store once refused is known


async def test_nobody_is_kept_with_a_recent_pair(house):
    await house.offer(ANA, BO)
    await house.step()

    (mark,) = house.runner._recent._until
    assert ANA.person.bytes not in mark
    assert len(mark) < 32


async def test_what_a_former_runner_knew_is_known(house):
    await house.offer(ANA, BO)
    await house.step()
    known = house.runner._recent
    house.runner = Runner(house.store, now=lambda: house.time, recent=known)
    await house.offer(ticket(1, id="again-1"), ticket(2, id="again-2"))
    await house.step(at=100.0)

    assert house.store.claims == 1


async def test_waits_are_recorded_from_the_beginning_of_the_wait(house):
    await house.offer(ticket(1, since=-7.0), ticket(2, since=0.0))
    await house.step(at=3.0)

    assert sorted(await house.store.waits(Mode.TEXT, after=0)) == [3.0, 10.0]


async def test_a_failed_claim_is_tried_again(house, caplog):
    house.store.failures = [ConnectionError("away")]
    await house.offer(ANA, BO)
    assert await house.step() == []

    assert await house.step(at=1.0) == [{ANA.id, BO.id}]
    assert "a claim failed" in caplog.text


async def test_a_deposed_runner_ends(house):
    house.store.failures = [DeposedError("1 another")]
    await house.offer(ANA, BO)
    with pytest.raises(DeposedError):
        await house.runner.run()

    assert house.told == []
    assert await house.store.get(ANA.id) == ANA


async def test_a_runner_names_those_it_knows_to_wait(house):
    await house.offer(ANA)
    await house.step()
    await house.offer(ticket(4, mode=Mode.VIDEO))

    assert house.runner.waiting() == {ANA.id, ticket(4).id}


async def test_a_pair_that_fails_does_not_harm_the_next(house):
    house.store.failures = [ConnectionError("away")]
    await house.offer(ANA, BO)
    await house.step()
    await house.offer(ticket(4, mode=Mode.VIDEO), ticket(5, mode=Mode.VIDEO))

    assert await house.step(at=0.1) == [{ticket(4).id, ticket(5).id}]


async def test_a_failing_listener_does_not_stop_the_matcher(house, caplog):
    def deaf(_news):
        raise LookupError("nobody there")

    events.subscribe(PairFound, deaf)
    await house.offer(ANA, BO)

    assert await house.step() == [{ANA.id, BO.id}]
    events._handlers[PairFound].remove(deaf)
    assert "a handler of PairFound failed" in caplog.text


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  any condition, not an event
            await asyncio.sleep(0.01)


async def test_a_running_matcher_wakes_for_arrivals_and_for_looks(house):
    loop = asyncio.get_running_loop()
    house.runner = Runner(house.store, now=loop.time)
    task = asyncio.create_task(house.runner.run())
    now = loop.time()
    await house.offer(ticket(1, since=now), ticket(2, since=now))
    await until(lambda: len(house.told) == 1)

    choosy = {"since": now - POLICY.choosy_seconds + 0.2}
    await house.offer(ticket(3, likes=["go"], **choosy), ticket(4, **choosy))
    await until(lambda: len(house.told) == 2)
    task.cancel()

    assert {news.first.id for news in house.told} | {
        news.second.id for news in house.told
    } == {ticket(number).id for number in (1, 2, 3, 4)}


async def test_a_running_matcher_survives_a_failure_of_its_own(
    house, monkeypatch, caplog
):
    runner = Runner(
        house.store,
        policy=MatchPolicy(pause_after_error_seconds=0.01),
        now=asyncio.get_running_loop().time,
    )
    step = runner.step
    failures = [RuntimeError("the first step fails")]

    async def failing_once():
        if failures:
            raise failures.pop()
        await step()

    monkeypatch.setattr(runner, "step", failing_once)
    house.runner = runner
    task = asyncio.create_task(runner.run())
    await house.offer(ANA, BO)
    await until(lambda: house.told)
    task.cancel()

    assert "the matcher failed and goes on" in caplog.text


async def test_one_matcher_runs_for_a_loop_and_starts_again_after_its_end():
    runner = ensure_running()
    first = runner.task
    assert ensure_running() is runner
    assert runner.task is first

    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    assert ensure_running().task is not first
    runner.task.cancel()


def test_each_loop_has_a_matcher_of_its_own():
    async def here():
        return ensure_running()

    assert asyncio.run(here()) is not asyncio.run(here())
