"""Two matchers and one Redis: one leads, nobody is ever in two pairs."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from common import events
from common.ids import WorkerId
from common.redis import sync_redis
from common.worker import worker_id
from matching import redis_scripts as scripts
from matching.domain.policy import POLICY, LeasePolicy
from matching.events import PairFound
from matching.holder import Holder
from matching.matcher import Matcher
from matching.matcher_lease import MatcherLease
from matching.store import TAKEN, DeposedError
from matching.store_redis import RedisTicketStore
from tests.edge.matching.pairs import claim
from tests.unit.matching.people import ticket

FIRST, SECOND = WorkerId("1" * 16), WorkerId("2" * 16)
HERE, ELSEWHERE = worker_id(), WorkerId("e" * 16)
BRISK = LeasePolicy(
    renew_seconds=0.2,
    hurry_seconds=0.05,
    pair_grace_seconds=0.4,
    matcher_seconds=0.5,
    matcher_renew_seconds=0.1,
    standby_seconds=0.05,
    compare_seconds=0.2,
)


def wanting_anybody(number, owner=HERE, **fields):
    return ticket(number, owner=owner, **fields)


class AtWork(Matcher):
    """A matcher with its task."""

    def begin(self):
        self.task = asyncio.create_task(self.run())

    async def end(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def a_matcher(own, leases=BRISK):
    matcher = AtWork(own, leases=leases)
    matcher.begin()
    try:
        yield matcher
    finally:
        await matcher.end()


@asynccontextmanager
async def leading(own, leases=BRISK):
    async with a_matcher(own, leases) as matcher:
        await asyncio.wait_for(matcher.leading.wait(), timeout=10)
        yield matcher


@asynccontextmanager
async def a_house(own=HERE):
    holder = Holder(RedisTicketStore(POLICY, leases=BRISK), own=own, policy=BRISK)
    try:
        yield holder
    finally:
        await holder.stop()


async def until(condition, seconds=10):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  any condition, not an event
            await asyncio.sleep(0.005)


async def leads(matcher):
    await asyncio.wait_for(matcher.leading.wait(), timeout=10)


async def test_news_is_followed_and_not_looked_up(shared, told):
    """The matcher compares its pool with the store too seldom to be the reason."""
    seldom = replace(BRISK, compare_seconds=60.0)
    async with leading(FIRST, seldom), a_house() as us:
        for number in (1, 2, 3):
            await us.offer(wanting_anybody(number, region="eu", regions={"af"}))
        await us.withdraw(ticket(2).id)
        await us.offer(wanting_anybody(4, region="af", regions={"eu"}))
        await until(lambda: told, seconds=5)

    assert {told[0].first.id, told[0].second.id} < {"ticket-1", "ticket-3", "ticket-4"}


async def test_of_two_one_leads_and_the_other_takes_over_at_once_when_it_stops(
    shared, told
):
    async with leading(FIRST) as first, a_matcher(SECOND) as second, a_house() as us:
        await asyncio.sleep(0.3)
        assert not second.leading.is_set()
        await first.end()
        stopped = time.monotonic()
        await leads(second)
        assert time.monotonic() - stopped < BRISK.matcher_seconds
        for number in (1, 2):
            await us.offer(wanting_anybody(number))
        await until(lambda: told)


async def test_who_was_waiting_when_the_leader_died_is_paired_by_the_next(shared, told):
    """Killed: it neither withdraws nor gives up its lease."""
    lease = MatcherLease(FIRST, policy=BRISK)
    assert await lease.acquire() is not None
    async with a_house() as us, a_matcher(SECOND):
        for number in (1, 2):
            await us.offer(wanting_anybody(number))
        await asyncio.sleep(0.2)
        assert told == []
        await until(lambda: told, seconds=2)


async def test_a_deposed_leader_pairs_nobody(shared, told):
    lease = MatcherLease(FIRST, policy=LeasePolicy(matcher_seconds=0.1))
    old = RedisTicketStore(POLICY, token=await lease.acquire())
    await asyncio.sleep(0.15)
    successor = MatcherLease(FIRST)  # the same process, a later epoch
    token = await successor.acquire()
    ana, bo = wanting_anybody(1), wanting_anybody(2)
    async with a_house() as us:
        await us.offer(ana)
        await us.offer(bo)
        with pytest.raises(DeposedError):
            await claim(old, ana, bo)
        assert not await lease.hold(old._token)
        await lease.release(old._token)

        assert await successor.hold(token)
        assert await claim(RedisTicketStore(POLICY, token=token), ana, bo) == TAKEN


async def test_a_leader_that_lost_its_lease_stands_by(shared, caplog):
    async with leading(FIRST) as matcher:
        sync_redis().set(scripts.LEASE, "7 another", px=400)
        await until(lambda: not matcher.leading.is_set())
        assert not matcher.task.done()
        await leads(matcher)

    assert "leads no more" in caplog.text


async def test_a_token_is_never_given_twice(shared, redis_server):
    lease = MatcherLease(FIRST)
    tokens = []
    for _ in range(3):
        tokens.append(await lease.acquire())
        assert await MatcherLease(SECOND).acquire() is None
        await lease.release(tokens[-1])

    assert len(set(tokens)) == 3


async def test_a_lost_notification_is_healed(shared, told, monkeypatch):
    silent = scripts.PUT.replace("'news'", "'nobody hears this'")
    assert silent != scripts.PUT
    async with leading(FIRST), a_house() as us:
        await asyncio.sleep(0.1)
        monkeypatch.setattr(scripts, "PUT", silent)
        for number in (1, 2):
            await us.offer(wanting_anybody(number))
        await until(lambda: told, seconds=2)


async def test_whoever_vanished_without_news_is_not_met(shared, told):
    async with leading(FIRST), a_house() as us:
        await us.offer(wanting_anybody(1))
        await asyncio.sleep(0.1)
        sync_redis().delete(scripts.TICKETS, f"{scripts.PREFIX}due")
        await us.withdraw(wanting_anybody(1).id)
        await asyncio.sleep(0.5)
        await us.offer(wanting_anybody(2))
        await asyncio.sleep(0.3)
        assert told == []
        await us.offer(wanting_anybody(3))
        await until(lambda: told)

    assert {told[0].first.id, told[0].second.id} == {"ticket-2", "ticket-3"}


async def test_recent_partners_are_known_to_the_next_leader(shared, told):
    async with leading(FIRST), a_house() as us:
        for number in (1, 2):
            await us.offer(wanting_anybody(number))
        await until(lambda: told)
    async with leading(SECOND), a_house() as us:
        for number in (1, 2):
            await us.offer(wanting_anybody(number, id=f"again-{number}"))
        await asyncio.sleep(0.5)

    assert len(told) == 1


async def test_it_survives_redis_coming_back_empty(shared, redis_server, told):
    async with leading(FIRST) as matcher, a_house() as us:
        await us.offer(wanting_anybody(1, regions=frozenset({"eu"})))
        await asyncio.sleep(0.1)
        redis_server.kill()
        await until(lambda: not matcher.leading.is_set())
        redis_server.start()
        await us.offer(wanting_anybody(2, region="eu"))
        await until(lambda: told, seconds=15)

    assert {told[0].first.id, told[0].second.id} == {"ticket-1", "ticket-2"}


async def test_it_ends_when_it_is_told_whatever_becomes_of_redis(shared, redis_server):
    """A client that loses a cancellation while it reconnects would not."""
    for pause in (0.0, 0.02, 0.1, 0.2, 0.4):
        async with leading(FIRST) as matcher:
            redis_server.kill()
            await asyncio.sleep(pause)
            redis_server.start()
            await asyncio.sleep(pause)
            async with asyncio.timeout(3):
                await matcher.end()
        assert matcher.task.cancelled()


async def test_a_crowd_is_paired_once_each_while_the_leader_is_switched(shared, told):
    """Two owners, two matchers, 500 tickets: the leader freezes in the middle."""
    dice = random.Random(11)
    owners = {HERE: None, ELSEWHERE: None}
    crowd = [
        ticket(
            number,
            owner=dice.choice(list(owners)),
            likes=dice.sample(["go", "tea", "jazz"], dice.randint(0, 2)),
        )
        for number in range(500)
    ]
    withdrawn = set()

    async def visit(one):
        await asyncio.sleep(dice.random() * 1.5)
        await owners[one.owner].offer(one)
        await asyncio.sleep(dice.random() / 5)
        if dice.random() < 0.2 and await owners[one.owner].withdraw(one.id):
            withdrawn.add(one.id)

    invited = []

    def invite(news):
        """What the chat does in the process of the second."""
        letting_go = owners[news.second.owner].withdraw(news.second.id)
        invited.append(asyncio.create_task(letting_go))

    async with (
        leading(FIRST),
        a_matcher(SECOND),
        a_house(HERE) as owners[HERE],
        a_house(ELSEWHERE) as owners[ELSEWHERE],
    ):
        events.subscribe(PairFound, invite)
        visits = asyncio.gather(*(visit(one) for one in crowd))
        await asyncio.sleep(0.7)
        before = lease_holder()
        sync_redis().set(scripts.LEASE, "99 nobody", px=200)
        await until(lambda: lease_holder() not in {None, before, "99 nobody"})
        await visits

        def done():
            return len(told) * 2 + len(withdrawn) >= len(crowd) - 1

        await until(done, seconds=30)
        await asyncio.sleep(1.0)
        events._handlers[PairFound].remove(invite)
        assert not any(await asyncio.gather(*invited))

    names = [one.id for news in told for one in (news.first, news.second)]
    assert len(names) == len(set(names))
    assert not withdrawn & set(names)
    assert len(crowd) - 1 <= len(names) + len(withdrawn) <= len(crowd)


def test_without_redis_the_command_says_why_not():
    with pytest.raises(CommandError, match="REDIS_URL is not set"):
        call_command("matcher")


def a_process(redis_url):
    return subprocess.Popen(
        [sys.executable, "manage.py", "matcher"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "REDIS_URL": redis_url,
            "SECRET_KEY": settings.SECRET_KEY,
            "FRANKING_MASTER_KEY": settings.FRANKING_MASTER_KEY,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def lease_holder():
    token = sync_redis().get(scripts.LEASE)
    return token and token.decode()


async def test_the_command_leads_and_gives_up_at_once_when_told_to_stop(shared, told):
    process = a_process(shared)
    try:
        await until(lease_holder, seconds=30)
        async with a_house() as us:
            for number in (1, 2):
                await us.offer(wanting_anybody(number))
            await until(lambda: told, seconds=5)
        process.send_signal(signal.SIGTERM)
        said, _ = await asyncio.to_thread(process.communicate, timeout=10)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 0
    assert "Traceback" not in said
    assert lease_holder() is None
