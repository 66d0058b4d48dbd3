"""A process that stops gives everything away."""

import asyncio
import json
from dataclasses import replace

import pytest

from chat import drain as drain_module
from chat import membership as membership_module
from chat import opening
from chat.connections import registry
from chat.domain import passage
from chat.domain.passage import Kind, Place
from chat.domain.policy import CONVERSATION
from chat.drain import drain
from chat.live import conversations
from chat.membership import facts, membership
from chat.standing import standing
from chat.worker_directory import workers
from common.worker import worker_id
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import Stranger
from tests.edge.chat.elsewhere import stand_in

FAR = 77


@pytest.fixture
async def elsewhere(monkeypatch):
    """This process is one of several."""
    elsewhere = stand_in(monkeypatch)
    monkeypatch.setattr(drain_module, "configured", lambda: True)
    monkeypatch.setattr(drain_module, "LOOK_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(drain_module, "LAST_WORDS_SECONDS", 0.01)
    monkeypatch.setattr(membership_module, "LOOK_AGAIN_SECONDS", 0.01)
    await membership().join()
    yield elsewhere
    await membership().leave()
    standing.cache_clear()


@pytest.fixture
async def friends(people, elsewhere):
    """One socket is here, the other one on the other process."""
    ana, bo = await matched(await people(), await people())
    await asyncio.gather(ana.shake_hands(), bo.shake_hands())
    await elsewhere_resumes(elsewhere, bo)
    assert await bo.closed() == 4409
    return ana, bo


def role_of(someone):
    [live] = conversations().values()
    [connection] = registry().of(someone.claims.visitor_id)
    return live, live.role_of(connection)


async def elsewhere_resumes(elsewhere, someone, *, socket=FAR):
    live, role = role_of(someone)
    place = passage.write_place(Place(role=role, slot=1, received=0))
    elsewhere.say(Kind.RESUME, socket=socket, conversation=live.id, payload=place)


async def test_both_kinds_of_sockets_move_and_the_conversation_stays(
    friends, elsewhere
):
    [live] = conversations().values()
    draining = asyncio.create_task(drain())
    assert await friends[0].closed() == 1012
    closed = elsewhere.last(Kind.CLOSE)
    elsewhere.say(Kind.LOST, socket=FAR, conversation=live.id)
    await asyncio.sleep(0.05)

    assert (closed.socket, passage.read_number(closed.payload)[0]) == (FAR, 1012)
    assert (live.endpoints, list(conversations())) == ((), [live.id])
    assert facts().draining
    assert not draining.done()
    place = passage.write_place(Place(role=0, slot=4, received=0))
    elsewhere.say(Kind.RESUME, socket=5, conversation=live.id, payload=place)
    await asyncio.wait_for(draining, 1)

    given = elsewhere.last(Kind.HAND_OVER)
    assert json.loads(given.payload)["away"].keys() == {"A", "B"}
    assert (given.socket, conversations()) == (5, {})
    assert not await workers().alive(worker_id())


async def test_who_waits_or_visits_moves_too(people, elsewhere):
    ana, bo = await people(), await people()
    ana.join()
    await ana.expect("queue.waiting")
    await asyncio.wait_for(drain(), 1)

    assert [await each.closed() for each in (ana, bo)] == [1012, 1012]


async def test_a_handshake_ends(people, elsewhere):
    ana, bo = await matched(await people(), await people())
    await asyncio.wait_for(drain(), 1)

    for each in (ana, bo):
        assert await each.closed() == 1012
    assert conversations() == {}


async def test_it_ends_with_the_window_when_nobody_comes_back(
    people, elsewhere, monkeypatch
):
    brief = replace(CONVERSATION, resume_window_seconds=0.1)
    for module in (opening, drain_module):
        monkeypatch.setattr(module, "CONVERSATION", brief)
    ana, bo = await matched(await people(), await people())
    await asyncio.gather(ana.shake_hands(), bo.shake_hands())
    await asyncio.wait_for(drain(), 1)

    assert registry().sockets == 0
    assert not await workers().alive(worker_id())


async def test_nobody_new_is_let_in(friends, elsewhere):
    draining = asyncio.create_task(drain())
    await asyncio.sleep(0)
    late = await Stranger().open()
    assert await late.closed() == 1012
    await late.end()
    draining.cancel()


async def test_a_socket_that_was_just_being_let_in_moves_as_well(people, friends):
    draining = asyncio.create_task(drain())
    await asyncio.sleep(0.03)
    standing().draining = False  # it had been asked before
    late = await people()
    standing().draining = True
    assert await late.closed() == 1012
    draining.cancel()


async def test_alone_it_only_says_so(people):
    ana, _ = await matched(await people(), await people())
    await drain()
    await ana.settle()

    assert standing().draining
    assert (ana.close_code, len(conversations())) == (None, 1)
