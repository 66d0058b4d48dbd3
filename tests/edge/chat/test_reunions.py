"""Asking for each other again."""

import asyncio
from dataclasses import replace

import pytest

from chat.domain.policy import SOCKET
from chat.lobby import lobby
from chat.reunions import reunions
from tests.edge.chat.conftest import matched


async def parted(ana, bo, reason="next"):
    ana.say("conversation.leave", reason=reason)
    for each in (ana, bo):
        await each.expect("conversation.ended")
    return ana.conversation


def again(socket, conversation):
    socket.send("conversation.again", conversation=conversation)


async def matches(socket):
    await socket.settle()
    return len(socket.of_type("conversation.matched"))


async def test_both_who_ask_meet_at_once(pair):
    ana, bo = pair
    first = await parted(ana, bo)
    for each in pair:
        again(each, first)
    second = [(await each.match())["conversation"] for each in pair]

    assert second[0] == second[1] != first
    assert [each.slot for each in pair] == [2, 2]


async def test_one_alone_gets_no_answer(pair):
    ana, bo = pair
    first = await parted(ana, bo)
    again(ana, first)
    again(ana, first)

    assert await matches(ana) == 1
    assert ana.of_type("error") == []


@pytest.mark.parametrize("reason", ["stop", "report", "integrity"])
async def test_only_an_end_by_next_can_be_taken_back(pair, reason):
    ana, bo = pair
    first = await parted(ana, bo, reason)
    for each in pair:
        again(each, first)

    assert [await matches(each) for each in pair] == [1, 1]


async def test_a_third_person_cannot_ask(pair, people):
    ana, bo = pair
    cy = await people()
    first = await parted(ana, bo)
    for each in (ana, cy):
        again(each, first)

    assert await matches(ana) == 1
    assert await matches(cy) == 0
    assert cy.of_type("error") == []


async def test_who_waits_leaves_the_queue_for_it(pair):
    ana, bo = pair
    first = await parted(ana, bo)
    for each in pair:
        each.join(strictness="open")
        await each.expect("queue.waiting")
        again(each, first)

    assert [(await each.match())["slot"] for each in pair] == [2, 2]
    assert lobby()._waiting == {}


async def test_who_talks_to_another_does_not_come_back(pair, people):
    ana, bo = pair
    cy = await people()
    first = await parted(ana, bo)
    again(ana, first)
    await ana.settle()
    await matched(ana, cy)
    again(bo, first)

    assert await matches(bo) == 1
    again(ana, first)
    assert await matches(ana) == 2
    assert ana.of_type("conversation.ended") == ana.of_type("conversation.ended")[:1]


async def test_who_is_gone_does_not_come_back(pair):
    ana, bo = pair
    first = await parted(ana, bo)
    again(ana, first)
    await ana.settle()
    ana.hang_up()
    await asyncio.sleep(0.1)
    again(bo, first)

    assert await matches(bo) == 1


async def test_after_ten_seconds_it_is_too_late(people, monkeypatch):
    policy = replace(SOCKET, again_seconds=0.02)
    monkeypatch.setattr("chat.reunions.SOCKET", policy)
    ana, bo = await matched(await people(), await people())
    first = await parted(ana, bo)
    await asyncio.sleep(0.05)
    for each in (ana, bo):
        again(each, first)

    assert await matches(ana) == 1
    assert reunions()._parted == {}


async def test_if_one_is_matched_meanwhile_the_other_keeps_waiting(pair, monkeypatch):
    """The queue is left one after the other; a match may come in between."""
    ana, bo = pair
    first = await parted(ana, bo)
    for each in pair:
        each.join("voice", strictness="open")
        await each.expect("queue.waiting")
    house, real = lobby(), lobby().withdraw
    taken = []

    async def withdraw(connection):
        place = await real(connection)
        taken.append(connection)
        if len(taken) == 2:
            connection.seat = object()
        return place

    monkeypatch.setattr(house, "withdraw", withdraw, raising=False)
    for each in pair:
        again(each, first)
    await asyncio.sleep(0.2)
    taken[1].seat = None

    assert [waiting.connection for waiting in house._waiting.values()] == [taken[0]]


async def test_those_who_met_are_not_paired_by_the_queue(pair):
    ana, bo = pair
    await parted(ana, bo)
    for each in pair:
        each.join(strictness="open")
    await asyncio.sleep(0.1)

    assert [await matches(each) for each in pair] == [1, 1]
