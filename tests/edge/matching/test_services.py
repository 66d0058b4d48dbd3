"""Offers and withdrawals through the front door, under a running matcher."""

import asyncio
import random

import pytest

from common import clock, events
from common.redis import sync_redis
from common.vocabulary import Mode
from common.worker import worker_id
from matching.events import PairFound
from matching.holder import holder
from matching.matcher import Matcher
from matching.runner import ensure_running
from matching.selectors import waiting_numbers
from matching.services import pair_remember, ticket_offer, ticket_withdraw
from matching.stores import ticket_store
from tests.unit.matching.people import ticket

ANA, BO = ticket(1), ticket(2)


@pytest.fixture
async def told():
    news = []
    events.subscribe(PairFound, news.append)
    yield news
    events._handlers[PairFound].remove(news.append)
    ensure_running().task.cancel()


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_two_offers_make_a_pair(told):
    await ticket_offer(ANA)
    await ticket_offer(BO)
    await settle()

    assert [{news.first, news.second} for news in told] == [{ANA, BO}]


async def test_a_withdrawn_ticket_is_never_told(told):
    await ticket_offer(ANA)
    await settle()

    assert await ticket_withdraw(ANA.id)
    await ticket_offer(BO)
    await settle()
    assert told == []


async def test_a_withdrawal_after_the_match_says_so(told):
    await ticket_offer(ANA)
    await ticket_offer(BO)
    await settle()

    assert not await ticket_withdraw(ANA.id)


async def test_two_remembered_do_not_meet(told):
    await pair_remember(ANA.person, BO.person)
    await ticket_offer(ANA)
    await ticket_offer(BO)
    await settle()

    assert told == []


async def test_a_crowd_that_comes_and_goes_is_paired_exactly_once(told):
    """Every ticket is told once, or withdrawn, or waits: never two of these."""
    dice = random.Random(7)
    crowd = [
        ticket(number, likes=dice.sample(["go", "tea", "jazz"], dice.randint(0, 2)))
        for number in range(200)
    ]
    withdrawn = set()

    async def visit(one):
        await asyncio.sleep(dice.random() / 50)
        await ticket_offer(one)
        await asyncio.sleep(dice.random() / 50)
        if dice.random() < 0.3 and await ticket_withdraw(one.id):
            withdrawn.add(one.id)

    async def still_waiting():
        return {one.id for one in crowd if await ticket_store().get(one.id)}

    await asyncio.gather(*(visit(one) for one in crowd))
    async with asyncio.timeout(20):
        while len(waiting := await still_waiting()) > 1:
            await settle()

    names = [one.id for news in told for one in (news.first, news.second)]
    assert len(names) == len(set(names))
    assert not withdrawn & set(names)
    assert len(names) + len(withdrawn) + len(waiting) == len(crowd)


async def test_waiting_is_measured_from_the_clock_of_the_site(told):
    now = clock.unix()
    await ticket_offer(ticket(1, since=now))
    await ticket_offer(ticket(2, since=now))
    await settle()

    assert told[0].at == pytest.approx(now, abs=5)


@pytest.fixture
async def site(shared):
    """A site of several processes, of which this is one and the matcher another."""
    matcher = Matcher(worker_id())
    matching = asyncio.create_task(matcher.run())
    await asyncio.wait_for(matcher.leading.wait(), timeout=10)
    news = []
    events.subscribe(PairFound, news.append)
    yield news
    events._handlers[PairFound].remove(news.append)
    await holder().stop()
    matching.cancel()
    await asyncio.gather(matching, return_exceptions=True)


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  any condition, not an event
            await asyncio.sleep(0.005)


def ours(number):
    return ticket(number, owner=worker_id())


async def test_across_processes_two_offers_make_a_pair(site):
    await ticket_offer(ours(1))
    numbers = await waiting_numbers(Mode.TEXT)
    await ticket_offer(ours(2))
    await until(lambda: site)

    assert numbers.waiting == 1
    assert {site[0].first, site[0].second} == {ours(1), ours(2)}
    assert not await ticket_withdraw(ours(1).id)


async def test_across_processes_a_withdrawn_ticket_is_never_told(site):
    await ticket_offer(ours(1))
    assert await ticket_withdraw(ours(1).id)
    await ticket_offer(ours(2))
    await ticket_offer(ours(3))
    await until(lambda: site)

    assert {site[0].first, site[0].second} == {ours(2), ours(3)}


async def test_across_processes_two_remembered_do_not_meet(site):
    await pair_remember(ours(1).person, ours(2).person)
    for number in (1, 2):
        await ticket_offer(ours(number))
    await asyncio.sleep(0.2)
    assert site == []
    await ticket_offer(ours(3))
    await until(lambda: site)

    assert len(site) == 1


async def test_a_lost_store_does_not_keep_a_conversation_from_ending(
    shared, redis_server, caplog
):
    sync_redis().close()
    redis_server.kill()
    try:
        await pair_remember(ANA.person, BO.person)
    finally:
        redis_server.start()

    assert "a pair was not remembered" in caplog.text
