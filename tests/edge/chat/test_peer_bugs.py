"""Bugs that other random-chat servers have had, each with a test that owns it.

Every name begins with what the others do wrong; the test shows it is not so here.
"""

import asyncio
import json

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from chat.connections import registry
from chat.control import _heed
from chat.live import conversations
from common.memory_layer import ThreadSafeInMemoryChannelLayer
from matching.domain.policy import POLICY
from matching.store import GONE, TAKEN
from matching.store_memory import MemoryTicketStore
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import GoneError, claims
from tests.edge.matching.pairs import claim
from tests.unit.matching.people import ticket


async def test_a_third_client_cannot_inject_into_a_pair(talking, people):
    ana, bo = talking
    cy = await people()
    before = (len(ana.frames), len(bo.frames), len(ana.records), len(bo.records))

    cy.matched = {**ana.matched}
    cy.say("typing", active=True)
    cy.say("signal", candidate=None)
    cy.say("conversation.leave", reason="stop")
    cy.message(0)
    await cy.settle()

    codes = [frame["code"] for frame in cy.of_type("error")]
    assert codes == ["not_in_conversation"] * 3
    after = (len(ana.frames), len(bo.frames), len(ana.records), len(bo.records))
    assert before == after
    assert len(conversations()) == 1


async def test_a_disconnect_leaves_no_ghost_in_the_queue(people):
    ghost, ana = await people(), await people()
    ghost.join("text", strictness="open")
    await ghost.expect("queue.waiting")
    await ghost.end()

    ana.join("text", strictness="open")
    waiting = await ana.expect("queue.waiting")

    assert waiting["waiting"] == 0
    with pytest.raises(TimeoutError):
        await ana.expect("conversation.matched", within=0.3)


async def test_two_sockets_of_one_person_are_not_paired_and_nothing_breaks(people):
    who = claims()
    first, second = await people(who), await people(who)
    for each in (first, second):
        each.join("text", strictness="open")
    await first.settle()
    await second.settle()
    with pytest.raises(TimeoutError):
        await second.expect("conversation.matched", within=0.3)

    bo = await people()
    bo.join("text", strictness="open")

    assert (await bo.match())["partner"]["handle"]
    assert first.of_type("error") == second.of_type("error") == []


async def test_a_disconnect_empties_nobody_else_from_the_queue(people):
    stays, goes = await people(), await people()
    stays.join("voice", strictness="open")
    await stays.expect("queue.waiting")
    goes.join("text", strictness="open")
    await goes.expect("queue.waiting")
    await goes.end()

    comes = await people()
    comes.join("voice", strictness="open")

    assert await stays.match()
    assert await comes.match()


async def test_when_one_of_a_pair_is_gone_the_other_keeps_its_place():
    store = MemoryTicketStore(POLICY)
    gone, live = ticket(1), ticket(2)
    for each in (gone, live):
        await store.put(each)
    await store.withdraw(gone.id)

    assert await claim(store, gone, live) == GONE
    assert await store.get(live.id) == live


async def test_leaving_after_a_change_of_mode_leaves_no_stale_place(people):
    ana, bo, cy = await people(), await people(), await people()
    ana.join("video", strictness="open")
    await ana.expect("queue.waiting")
    ana.join("text", strictness="open")
    ana.send("queue.leave")
    await ana.expect("queue.left")

    for each in (bo, cy):
        each.join("video", strictness="open")

    assert await bo.match()
    assert await cy.match()
    assert ana.of_type("conversation.matched") == []


@pytest.mark.parametrize(
    "make", [RedisPubSubChannelLayer, ThreadSafeInMemoryChannelLayer]
)
async def test_every_layer_has_the_methods_that_are_called(make):
    layer = make()
    called = ("new_channel", "group_add", "group_send", "receive", "send")

    assert [name for name in called if not callable(getattr(layer, name, None))] == []
    assert not hasattr(layer, "no_such_method")


async def test_three_who_wait_and_two_matchers_strand_nobody():
    store = MemoryTicketStore(POLICY)
    one, two, three = (ticket(number) for number in range(3))
    for each in (one, two, three):
        await store.put(each)

    claimed = await asyncio.gather(claim(store, one, two), claim(store, two, three))

    assert claimed.count(TAKEN) == 1
    left = [each.id for each in (one, two, three) if await store.get(each.id)]
    assert left == [three.id if claimed[0].taken else one.id]


async def test_who_is_put_out_does_not_keep_a_live_socket(talking):
    ana, bo = talking
    _heed({"type": "visitor.erased", "visitor": ana.claims.visitor_id.hex})

    assert await ana.closed() == 4401
    assert (await bo.expect("conversation.ended"))["reason"] == "partner_left"
    ana.message(0)
    await bo.settle()
    assert bo.records == []


async def test_nothing_of_a_partner_arrives_before_the_match(people):
    ana, bo = await people(), await people()
    await matched(ana, bo)
    ana.say("signal", description={"type": "offer", "sdp": "v=0\r\n"})
    await bo.expect("signal")

    kinds = [frame["type"] for frame in bo.frames]
    assert kinds.index("conversation.matched") < kinds.index("signal")


async def test_an_identity_in_a_payload_is_ignored(people):
    ana, bo = await people(), await people()
    ana.send(
        "queue.join",
        mode="text",
        interests=[],
        languages=[],
        strictness="open",
        visitor=str(bo.claims.visitor_id),
        person=str(bo.claims.person_id),
        handle="Moderator",
        badges=["crown"],
    )
    bo.join("text", strictness="open")
    await asyncio.gather(ana.match(), bo.match())

    assert bo.matched["partner"]["handle"] != "Moderator"
    assert bo.matched["partner"]["badges"] == []
    assert len(registry().of(ana.claims.visitor_id)) == 1


async def test_a_match_tells_no_id_address_or_mail_of_the_partner(pair):
    ana, bo = pair
    told = json.dumps([bo.frames, bo.matched]).lower()
    hers = (ana.claims.visitor_id, ana.claims.person_id)
    secrets = [form for each in hers for form in (str(each), each.hex)]

    assert not [each for each in [*secrets, "127.0.0.1", "@"] if each in told]
    assert set(bo.matched["partner"]) <= {"handle", "badges", "languages", "region"}


def test_a_forwarding_header_does_not_change_who_is_counted():
    plain = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    forged = RequestFactory().get(
        "/", REMOTE_ADDR="192.0.2.7", headers={"X-Forwarded-For": "198.51.100.9"}
    )

    class AnyThrottle(SimpleRateThrottle):
        rate = "1/day"

        def get_cache_key(self, request, view):
            return self.get_ident(request)

    idents = {AnyThrottle().get_ident(Request(each)) for each in (plain, forged)}
    assert idents == {"192.0.2.7"}


async def test_a_closed_socket_is_an_error_to_wait_on(people):
    ana = await people()
    ana.raw("x" * 65_537)

    assert await ana.closed() == 1009
    with pytest.raises(GoneError):
        await ana.expect("pong", within=1)
