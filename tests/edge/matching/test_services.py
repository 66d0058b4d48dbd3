"""Offers and withdrawals through the front door, under a running matcher."""

import asyncio
import random

import pytest

from common import clock, events
from matching.events import PairFound
from matching.runner import ensure_running
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
