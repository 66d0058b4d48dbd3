import asyncio
import logging
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from chat.conversation_store_redis import RedisConversationStore
from chat.domain.policy import LEASE, RECORD, LeasePolicy
from chat.lease import Hooks, Lease
from chat.workers import WorkerFacts
from chat.workers_memory import MemoryWorkers
from chat.workers_redis import RedisWorkers
from common import clock
from common.redis import async_redis
from tests.unit.chat.records_of import ELSEWHERE, HERE, THERE


def _nothing():
    pass


SOMEHOW = WorkerFacts(online=3, conversations=1, draining=False)


class FakeWorkers(MemoryWorkers):
    """Leases by the clock of the test; it can be away, slow or paused."""

    def __init__(self, house):
        super().__init__()
        self.house = house
        self.until = {}
        self.away = False
        self.before = self.after = _nothing
        self.renewals = []

    async def renew(self, own, facts):
        self.before()
        if self.away:
            raise RedisConnectionError
        self.renewals.append(self.house.now)
        held = self.until.get(own, 0) > self.house.now
        self.until[own] = self.house.now + LEASE.lease_seconds
        self._facts[own] = facts
        self.after()
        return held

    async def seconds_left(self, workers):
        self.before()
        left = {each: self.until.get(each, 0) - self.house.now for each in workers}
        return {each: seconds for each, seconds in left.items() if seconds > 0}

    async def resign(self, own):
        if self.away:
            raise RedisConnectionError
        self.until.pop(own, None)


@dataclass
class House:
    """A lease, a clock, and what happened in the order in which it did."""

    now: float = 1000.0
    born: float = 0.0
    events: list = field(default_factory=list)

    def __post_init__(self):
        self.workers = FakeWorkers(self)
        self.age_answers = True
        self.when_asked_for_its_age = _nothing
        self.lease = Lease(
            self.workers,
            own=HERE,
            facts=lambda: SOMEHOW,
            store_age=self.age,
            hooks=Hooks(
                on_lapsed=lambda: self.events.append("lapsed"),
                on_store_lost=lambda: self.events.append("store lost"),
                on_dead=self.events.append,
            ),
            now=lambda: self.now,
        )

    async def age(self):
        at_once, self.when_asked_for_its_age = self.when_asked_for_its_age, _nothing
        at_once()
        if not self.age_answers:
            raise RedisConnectionError
        return self.now - self.born

    def valid(self):
        return self.lease.valid(self.now)

    async def live(self, seconds):
        """Let time pass as `run` does."""
        until = self.now + seconds
        while True:
            pause = await self.lease.turn()
            if self.now + pause > until:
                break
            self.now += pause
        self.now = until

    def empty(self):
        """Let Redis restart."""
        self.workers.until.clear()
        self.born = self.now


@pytest.fixture
def house():
    return House()


# --- one's own lease --------------------------------------------------------------


async def test_before_the_first_renewal_there_is_no_lease(house):
    assert not house.valid()

    await house.lease.turn()

    assert house.valid()
    assert house.workers._facts == {HERE: SOMEHOW}
    assert house.events == []


async def test_it_is_renewed_every_two_seconds(house):
    await house.live(10.5)

    assert [at - 1000 for at in house.workers.renewals] == [0, 2, 4, 6, 8, 10]
    assert house.events == []


async def test_it_is_renewed_in_time_though_others_are_looked_at_in_between(house):
    house.workers.until[THERE] = house.now + 0.5
    house.lease.watch(THERE)
    await house.live(4.5)

    assert [at - 1000 for at in house.workers.renewals] == [0, 2, 4]


async def test_it_is_valid_for_five_seconds_from_when_the_renewal_began(house):
    def slowly():
        house.now += 0.8

    house.workers.before = slowly
    await house.lease.turn()

    assert house.lease.valid(1004.99)
    assert not house.lease.valid(1005)


async def test_errors_stop_nothing(house, caplog):
    await house.live(1)
    house.workers.away = True
    await house.live(3)
    assert house.valid()
    house.workers.away = False
    await house.live(2)

    assert house.valid()
    assert house.events == []
    assert [each.levelno for each in caplog.records] == [logging.WARNING]


async def test_after_one_error_it_is_tried_at_once_then_every_second(house):
    house.workers.away = True

    assert [await house.lease.turn() for _ in range(3)] == [0, 1, 1]


async def test_each_time_the_store_is_away_it_is_said_once(house, caplog):
    for away in (True, False, True, False):
        house.workers.away = away
        await house.live(3)

    assert len(caplog.records) == 2


async def test_whoever_cannot_renew_for_five_seconds_has_lapsed_once(house):
    await house.live(1)
    house.workers.away = True
    await house.live(20)

    assert not house.valid()
    assert house.events == ["lapsed"]


async def test_after_a_lapse_everything_is_written_back(house):
    await house.live(1)
    house.workers.away = True
    await house.live(20)
    house.workers.away = False
    await house.live(2)

    assert house.valid()
    assert house.events == ["lapsed", "store lost"]


async def test_so_it_is_though_every_renewal_arrived_and_only_its_answer_did_not(house):
    await house.live(1)
    house.age_answers = False
    await house.live(6)
    assert house.workers.until[HERE] > house.now
    house.age_answers = True
    await house.live(2)

    assert house.valid()
    assert house.events == ["lapsed", "store lost"]


async def test_after_a_pause_it_is_invalid_before_anything_is_done(house):
    await house.live(1)
    house.now += 10

    assert not house.valid()


async def test_a_pause_is_noticed_before_the_lease_is_renewed(house):
    await house.live(1)
    house.now += 10
    house.workers.before = lambda: house.events.append("renewing")
    await house.lease.turn()

    assert house.events == ["lapsed", "renewing", "store lost"]
    assert house.valid()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_pause_inside_a_renewal_is_a_lapse_as_well(house, moment):
    """Its answer is read when all that it said is long over."""

    def pause():
        house.now += 10
        setattr(house.workers, moment, _nothing)

    await house.live(1)
    house.now += 1
    setattr(house.workers, moment, pause)
    await house.lease.turn()

    assert not house.valid()
    assert house.events == ["lapsed"]

    await house.lease.turn()

    assert house.valid()
    assert house.events == ["lapsed", "store lost"]


async def test_a_late_answer_does_not_hide_that_the_lease_had_run_out(house):
    """Paused for 4.5 s between starting a renewal and sending it."""
    await house.live(1)
    house.now += 1
    house.workers.before = lambda: setattr(house, "now", house.now + 4.5)
    await house.lease.turn()

    assert house.events == ["lapsed", "store lost"]


async def test_a_long_pause_before_the_first_renewal_is_no_lapse(house):
    house.workers.after = lambda: setattr(house, "now", house.now + 10)
    await house.lease.turn()

    assert not house.valid()
    assert house.events == []


async def test_a_store_that_came_back_empty_is_noticed(house):
    await house.live(3)
    house.empty()
    await house.live(3)

    assert house.events == ["store lost"]
    assert house.valid()


async def test_a_store_that_lost_nothing_but_the_lease_is_not_trusted_either(house):
    await house.live(3)
    house.workers.until.clear()
    await house.live(3)

    assert house.events == ["store lost"]


async def test_it_is_noticed_though_the_answer_that_said_so_was_lost(house):
    await house.live(3)
    house.empty()
    house.age_answers = False
    await house.live(2)
    assert house.workers.until[HERE] > house.now
    house.age_answers = True
    await house.live(2)

    assert house.events == ["store lost"]


async def test_clocks_that_drift_are_not_taken_for_a_new_store(house):
    for _ in range(500):
        await house.live(2)
        house.born += 0.01

    assert house.events == []


async def test_a_hook_that_fails_costs_nothing(house, caplog):
    def fail():
        raise ZeroDivisionError

    object.__setattr__(house.lease._hooks, "on_lapsed", fail)
    await house.live(1)
    house.now += 10
    await house.lease.turn()

    assert house.valid()
    assert house.events == ["store lost"]
    assert "ZeroDivisionError" in caplog.text


# --- the leases of others ---------------------------------------------------------


async def test_who_does_not_renew_any_more_is_dead_once(house):
    house.workers.until[THERE] = house.now + 3.3
    house.lease.watch(THERE)
    await house.live(3.2)
    assert house.events == []

    await house.live(10)

    assert house.events == [THERE]


async def test_death_is_noticed_within_moments(house):
    house.workers.until[THERE] = house.now + 3.37
    house.lease.watch(THERE)
    await house.live(3.4)

    assert house.events == [THERE]


async def test_who_was_never_alive_is_dead(house):
    house.lease.watch(ELSEWHERE)
    await house.lease.turn()

    assert house.events == [ELSEWHERE]


async def test_nobody_asks_about_those_who_are_not_watched(house):
    house.lease.watch(THERE)
    house.lease.unwatch(THERE)
    house.lease.unwatch(ELSEWHERE)
    await house.live(10)

    assert house.events == []


async def test_nobody_is_dead_because_the_store_lost_their_leases(house):
    house.lease.watch(THERE)
    house.workers.until[THERE] = house.now + 100
    await house.live(3)
    house.empty()
    await house.live(RECORD.young_seconds - 0.5)
    assert house.events == ["store lost"]

    house.workers.until[THERE] = house.now + 100
    await house.live(20)

    assert house.events == ["store lost"]


async def test_who_did_not_come_back_to_a_new_store_is_dead(house):
    house.lease.watch(THERE)
    house.workers.until[THERE] = house.now + 100
    await house.live(3)
    house.empty()
    await house.live(RECORD.young_seconds + 1.5)

    assert house.events == ["store lost", THERE]


async def test_a_look_at_an_empty_store_counts_for_nothing_after_a_pause(house):
    """Paused between seeing no lease and asking how old the store is."""
    await house.lease.turn()
    house.empty()
    house.lease.watch(THERE)

    def pause():
        house.now += 10
        house.workers.until[THERE] = house.now + 100

    house.when_asked_for_its_age = pause
    await house.lease.turn()
    await house.live(5)

    assert house.events == ["lapsed", "store lost"]


# --- for real ---------------------------------------------------------------------

BRISK = LeasePolicy(lease_seconds=1.0, renew_seconds=0.3, look_seconds=0.2)


@pytest.fixture
async def alive(redis_url):
    """Runs leases on a real Redis; each says what happened to it."""
    tasks = []

    def begin(own, policy=BRISK):
        events = []
        hooks = Hooks(
            on_lapsed=lambda: events.append("lapsed"),
            on_store_lost=lambda: events.append("store lost"),
            on_dead=events.append,
        )
        lease = Lease(
            RedisWorkers(policy),
            own=own,
            facts=lambda: SOMEHOW,
            store_age=RedisConversationStore().age_seconds,
            hooks=hooks,
            policy=policy,
            young_seconds=policy.lease_seconds,
        )
        task = asyncio.create_task(lease.run())
        tasks.append(task)
        return lease, events, task

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await async_redis().aclose()


async def eventually(true, seconds=10):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.01)


async def test_it_holds_as_long_as_it_runs_and_is_given_up_at_the_end(alive):
    lease, events, task = alive(HERE)
    watcher, seen, _ = alive(THERE)
    await asyncio.sleep(BRISK.lease_seconds * 2)
    watcher.watch(HERE)
    assert lease.valid(clock.monotonic())

    task.cancel()
    await asyncio.wait([task])

    assert not lease.valid(clock.monotonic())
    assert not await RedisWorkers().alive(HERE)
    await eventually(lambda: seen == [HERE], BRISK.look_seconds * 3)
    assert events == []


async def test_it_survives_a_redis_that_is_away_and_comes_back_empty(
    alive, redis_server
):
    lease, events, _ = alive(HERE)
    other, seen, _ = alive(THERE)
    await asyncio.sleep(0.5)
    for each, partner in [(lease, THERE), (other, HERE)]:
        each.watch(partner)
    redis_server.kill()
    await eventually(lambda: events == seen == ["lapsed"])
    assert not lease.valid(clock.monotonic())

    await asyncio.to_thread(redis_server.start)
    await eventually(lambda: events == seen == ["lapsed", "store lost"])
    await asyncio.sleep(BRISK.lease_seconds * 2)

    assert lease.valid(clock.monotonic())
    assert events == seen == ["lapsed", "store lost"]


async def test_it_runs_on_when_it_cannot_even_be_given_up(alive, redis_server):
    lease, _, task = alive(HERE)
    await asyncio.sleep(0.1)
    redis_server.kill()
    try:
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=5)
        assert done == {task}
        assert task.cancelled()
        assert not lease.valid(clock.monotonic())
    finally:
        redis_server.start()


STOPPABLE = """
import asyncio, os, sys
from django.conf import settings

settings.configure(REDIS_URL=sys.argv[2])

from chat.conversation_store_redis import RedisConversationStore
from chat.lease import Hooks, Lease
from chat.workers import WorkerFacts
from chat.workers_redis import RedisWorkers
from common import clock


def say(*words):
    print(*words, flush=True)


async def main():
    lease = Lease(
        RedisWorkers(),
        own=sys.argv[1],
        facts=lambda: WorkerFacts(online=0, conversations=0, draining=False),
        store_age=RedisConversationStore().age_seconds,
        hooks=Hooks(
            on_lapsed=lambda: say("lapsed"),
            on_store_lost=lambda: say("store lost"),
            on_dead=say,
        ),
    )

    def frame():
        os.read(0, 64)
        say("valid", lease.valid(clock.monotonic()))

    asyncio.get_running_loop().add_reader(0, frame)
    await lease.turn()
    say("begun")
    await lease.run()


asyncio.run(main())
"""
"""Holds a lease, and asks it for each line that comes in, as for a frame."""


class Stoppable:
    """A process of its own with a lease of its own."""

    def __init__(self, redis_url):
        self.process = subprocess.Popen(
            [sys.executable, "-c", STOPPABLE, THERE, redis_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def frame(self):
        self.process.stdin.write("frame\n")
        self.process.stdin.flush()

    async def said(self):
        return (await asyncio.to_thread(self.process.stdout.readline)).strip()


@pytest.fixture
def other(redis_url):
    other = Stoppable(redis_url)
    yield other
    other.process.kill()
    other.process.communicate()


async def test_a_process_that_was_stopped_knows_it_at_once_and_others_soon(
    alive, other
):
    """With the real lease of five seconds."""
    lease, events, _ = alive(HERE, LEASE)
    assert await other.said() == "begun"
    other.frame()
    assert await other.said() == "valid True"
    lease.watch(THERE)

    other.process.send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    await eventually(lambda: events == [THERE])
    noticed = time.monotonic() - stopped
    await asyncio.sleep(1)
    other.frame()
    other.process.send_signal(signal.SIGCONT)
    lines = [await other.said() for _ in range(3)]

    assert LEASE.lease_seconds - LEASE.renew_seconds - 1 < noticed
    assert noticed < LEASE.lease_seconds + LEASE.look_seconds
    assert set(lines) == {"valid False", "lapsed", "store lost"}
    assert lines[-1] == "store lost"
    assert await RedisWorkers().alive(THERE)
    other.frame()
    assert await other.said() == "valid True"
