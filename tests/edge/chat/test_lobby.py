"""The queue as sockets see it."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import OperationalError

from chat.connections import registry
from chat.domain.policy import SOCKET
from chat.keys import key_ring
from chat.lobby import lobby
from common.vocabulary import Mode
from matching.selectors import waiting_numbers
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import Stranger, claims


async def test_who_joins_is_told_how_many_others_wait(people):
    ana, bo = await people(), await people()
    ana.join("voice", regions=["eu"])
    first = await ana.expect("queue.waiting")
    bo.join("voice", regions=["na"])
    second = await bo.expect("queue.waiting")

    assert (first["waiting"], second["waiting"]) == (0, 1)
    assert first["expected_seconds"] is None
    assert datetime.fromisoformat(first["since"]).tzinfo is not None


async def test_who_waits_is_told_of_changes_and_only_of_changes(people, monkeypatch):
    quick = replace(SOCKET, waiting_seconds=0.02)
    monkeypatch.setattr("chat.queue_news.SOCKET", quick)
    ana, bo = await people(), await people()
    ana.join("voice", regions=["eu"])
    await ana.expect("queue.waiting")
    await asyncio.sleep(0.1)
    bo.join("voice", regions=["na"])
    more = await ana.expect("queue.waiting")
    bo.send("queue.leave")
    fewer = await ana.expect("queue.waiting")
    await asyncio.sleep(0.1)

    assert (more["waiting"], fewer["waiting"]) == (1, 0)
    assert more["since"] == fewer["since"]
    assert len(ana.of_type("queue.waiting")) == 3


async def test_news_of_the_queue_starts_again_after_a_pause(people, monkeypatch):
    quick = replace(SOCKET, waiting_seconds=0.02)
    monkeypatch.setattr("chat.queue_news.SOCKET", quick)
    ana, bo = await people(), await people()
    ana.join("voice", regions=["eu"])
    ana.send("queue.leave")
    await ana.expect("queue.left")
    await asyncio.sleep(0.1)
    ana.join("voice", regions=["eu"])
    await ana.settle()
    bo.join("voice", regions=["na"])

    await ana.until(lambda: len(ana.of_type("queue.waiting")) == 3)


async def test_measured_waits_become_an_expectation(people):
    for _ in range(10):
        await matched(await people(), await people())
    ana = await people()
    ana.join(strictness="open")
    waiting = await ana.expect("queue.waiting")

    assert waiting["expected_seconds"] == {"p50": 0.0, "p90": 0.0}


async def test_leaving_is_always_answered(people):
    ana = await people()
    ana.send("queue.leave")
    await ana.expect("queue.left")
    ana.join()
    ana.send("queue.leave")

    assert await ana.expect("queue.left")


async def test_who_left_is_not_matched(people):
    ana, bo = await people(), await people()
    ana.join(strictness="open")
    ana.send("queue.leave")
    await ana.expect("queue.left")
    bo.join(strictness="open")
    await asyncio.sleep(0.1)

    assert bo.of_type("conversation.matched") == []
    assert ana.of_type("conversation.matched") == []


async def test_a_match_before_the_leave_stands(people):
    ana, bo = await people(), await people()
    await matched(ana, bo)
    ana.send("queue.leave")
    await ana.expect("queue.left")
    await bo.settle()

    assert bo.of_type("conversation.ended") == []


async def test_a_second_join_replaces_the_first(people):
    ana, bo, cy = await people(), await people(), await people()
    ana.join("voice", strictness="open")
    ana.join("text", strictness="open")
    await ana.settle()
    bo.join("voice", strictness="open")
    cy.join("text", strictness="open")

    assert (await ana.match())["conversation"] == (await cy.match())["conversation"]
    await bo.settle()
    assert bo.of_type("conversation.matched") == []
    assert (await waiting_numbers(Mode.TEXT)).waiting == 0


async def test_in_a_conversation_nobody_joins(pair):
    ana, _ = pair
    ana.join()

    assert (await ana.expect("error"))["code"] == "already_in_conversation"


async def test_leave_and_join_may_come_in_one_flight(people):
    ana, bo, cy = await people(), await people(), await people()
    await matched(ana, bo)
    ana.say("conversation.leave", reason="next")
    ana.join(strictness="open")
    cy.join(strictness="open")

    assert (await ana.expect("conversation.ended"))["reason"] == "left"
    assert (await ana.match())["conversation"] == (await cy.match())["conversation"]


async def test_a_mode_that_the_visitor_may_not_use(people):
    ana = await people(claims(modes=(Mode.TEXT,)))
    ana.join("video", id="v")
    error = await ana.expect("error")

    assert (error["code"], error["ref"]) == ("mode_not_allowed", "v")


@pytest.mark.parametrize(
    "ticket",
    [
        {"interests": ["x" * 33]},
        {"interests": [f"thing {number}" for number in range(11)]},
        {"languages": ["no language"]},
        {"languages": ["aa", "bb", "cc", "dd", "ee", "ff"]},
        {"strictness": "strict"},
        {"strictness": "strict", "interests": ["  "]},
    ],
)
async def test_wishes_beyond_the_bounds_are_a_bad_frame(people, ticket):
    ana = await people()
    ana.send(
        "queue.join", **{"mode": "text", "interests": [], "languages": []} | ticket
    )

    assert (await ana.expect("error"))["code"] == "bad_frame"
    assert lobby()._waiting == {}


async def test_joining_has_a_pace(people):
    ana = await people()
    for _ in range(21):
        ana.join()
    error = await ana.expect("error")

    assert error["code"] == "rate_limited"
    assert 0 < error["retry_after_ms"] <= 2000


async def test_without_the_database_a_join_is_refused_and_can_be_tried_again(
    people, monkeypatch
):
    async def no_database():
        raise OperationalError

    ana = await people()
    monkeypatch.setattr(key_ring(), "ready", no_database, raising=False)
    ana.join(id="j")
    error = await ana.expect("error")

    assert (error["code"], error["ref"]) == ("overloaded", "j")
    assert error["retry_after_ms"] == 2000


async def test_two_sockets_of_one_person_wait_as_one(people):
    who = claims()
    for socket in (await people(who), await people(who)):
        socket.join()
        waiting = await socket.expect("queue.waiting")

        assert waiting["waiting"] == 0
    assert (await waiting_numbers(Mode.TEXT)).waiting == 1


async def test_whose_partner_vanished_in_the_moment_of_the_match_waits_on(people):
    """The other's socket went between the claim and the news of it."""
    ana, bo, cy = await people(), await people(), await people()
    ana.join(strictness="open")
    first = await ana.expect("queue.waiting")
    [gone] = registry().of(ana.claims.visitor_id)
    gone.gone = True
    bo.join(strictness="open")
    await bo.settle()
    await asyncio.sleep(0.05)
    assert bo.of_type("conversation.matched") == []
    cy.join(strictness="open")

    assert (await bo.match())["conversation"] == (await cy.match())["conversation"]
    assert first["waiting"] == 0
    gone.gone = False


async def test_a_socket_that_goes_while_it_joins_leaves_no_ticket(people, monkeypatch):
    ana, bo = await people(), await people()
    offered = asyncio.Event()

    async def slow_offer(ticket):
        offered.set()
        await asyncio.sleep(0.05)
        await real_offer(ticket)

    from chat.lobby import ticket_offer as real_offer

    monkeypatch.setattr("chat.lobby.ticket_offer", slow_offer)
    ana.join(strictness="open")
    await offered.wait()
    registry().of(ana.claims.visitor_id)[0].gone = True
    await asyncio.sleep(0.1)
    monkeypatch.undo()
    registry().of(ana.claims.visitor_id)[0].gone = False
    bo.join(strictness="open")
    await bo.settle()
    await asyncio.sleep(0.05)

    assert bo.of_type("conversation.matched") == []


async def test_who_is_matched_while_joining_again_stays_in_that_match(
    people, monkeypatch
):
    """The match was made between the second join and the end of the first."""
    ana, bo = await people(), await people()
    ana.join(strictness="open")
    await ana.settle()

    async def meet_first(ticket_id):
        monkeypatch.undo()
        bo.join(strictness="open")
        await ana.match()
        return False

    monkeypatch.setattr("chat.lobby.ticket_withdraw", meet_first)
    ana.join("voice")

    assert (await ana.expect("error"))["code"] == "already_in_conversation"
    assert (await bo.match())["conversation"] == ana.conversation


async def test_a_socket_that_goes_while_others_are_counted_is_not_offered(
    people, monkeypatch
):
    ana = await people()
    [connection] = registry().of(ana.claims.visitor_id)

    async def count(*_, **__):
        connection.gone = True
        return await waiting_numbers(Mode.TEXT)

    monkeypatch.setattr("chat.lobby.waiting_numbers", count)
    ana.join()
    await asyncio.sleep(0.05)
    connection.gone = False

    assert lobby()._waiting == {}
    assert ana.of_type("queue.waiting") == []


@pytest.mark.django_db(transaction=True)
async def test_the_key_of_the_day_is_read_when_someone_joins():
    ana, bo = await Stranger().open(), await Stranger().open()
    assert key_ring()._key is None
    await matched(ana, bo)

    assert ana.matched["kid"] == key_ring().opening.kid
    for each in (ana, bo):
        await each.end()


def test_there_is_no_match_without_a_key():
    with pytest.raises(LookupError):
        _ = key_ring().opening
