"""News for every process: someone was erased."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from chat import control
from chat.socket_tickets import socket_tickets
from common import clock
from common.events import publish
from identity.events import VisitorErased
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import claims, ticket_for


def erased(who):
    return VisitorErased(visitor_id=who.visitor_id, person_id=who.person_id)


async def test_an_erased_visitors_conversation_ends_and_the_sockets_close(people):
    who = claims()
    ana, bo = await matched(await people(who), await people())
    also_ana = await people(who)
    await sync_to_async(publish)(erased(who))

    assert (await bo.expect("conversation.ended"))["reason"] == "partner_left"
    assert (await ana.expect("conversation.ended"))["reason"] == "left"
    assert [await each.closed() for each in (ana, also_ana)] == [4401, 4401]


async def test_an_erased_visitor_leaves_the_queue(people):
    who = claims()
    ana, bo = await people(who), await people()
    ana.join(strictness="open")
    await ana.expect("queue.waiting")
    await sync_to_async(publish)(erased(who))
    await ana.closed()
    bo.join(strictness="open")
    await asyncio.sleep(0.05)

    assert bo.of_type("conversation.matched") == []


async def test_an_erased_visitors_tickets_are_void_even_before_any_socket():
    who, other = claims(), claims()
    tickets = [ticket_for(each) for each in (who, other)]
    await sync_to_async(publish)(erased(who))
    redeemed = [
        await socket_tickets().redeem(each, now=clock.monotonic()) for each in tickets
    ]

    assert redeemed == [None, other]


async def test_a_failing_layer_is_joined_again(people, monkeypatch, caplog):
    monkeypatch.setattr(control, "PAUSE_AFTER_ERROR_SECONDS", 0.01)
    ana = await people()
    await ana.settle()
    with caplog.at_level(logging.CRITICAL, logger="chat.control"):
        await get_channel_layer().group_send(control.GROUP, {"no": "visitor"})
        await asyncio.sleep(0.2)
    await sync_to_async(publish)(erased(ana.claims))

    assert await ana.closed() == 4401


async def test_the_group_is_joined_again_before_it_forgets(people, monkeypatch):
    monkeypatch.setattr(control, "JOIN_AGAIN_SECONDS", 0.01)
    ana = await people()
    await ana.settle()
    get_channel_layer().groups.clear()
    await asyncio.sleep(0.2)
    await sync_to_async(publish)(erased(ana.claims))

    assert await ana.closed() == 4401
