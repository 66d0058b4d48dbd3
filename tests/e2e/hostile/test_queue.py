"""Whoever waits is matched with somebody real, once, and never with themselves."""

import asyncio

from tests.support.meeting import wish
from tests.support.wire_loop import on_wire
from tests.wire_client.stranger import Stranger


@on_wire
async def test_a_killed_socket_is_never_matched(
    ana: Stranger, bo: Stranger, cy: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await ana.settled()
    await ana.socket.kill()
    await asyncio.sleep(0.3)
    await bo.join(**wish(topic))
    await bo.settled()
    assert bo.conversation is None
    await cy.join(**wish(topic))
    met = await bo.matched(), await cy.matched()

    assert met[0].name == met[1].name


@on_wire
async def test_a_second_join_replaces_the_first(
    ana: Stranger, bo: Stranger, cy: Stranger, topic: str
) -> None:
    await ana.join(**wish(f"no {topic}"[:32]))
    await ana.join(**wish(topic))
    await bo.join(**wish(f"no {topic}"[:32]))
    await cy.join(**wish(topic))
    met = await ana.matched(), await cy.matched()
    await bo.settled()

    assert met[0].name == met[1].name
    assert bo.conversation is None
    assert sum(f["type"] == "conversation.matched" for f in ana.socket.frames) == 1


@on_wire
async def test_who_left_the_queue_is_not_matched(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await ana.leave_queue()
    await bo.join(**wish(topic))
    await bo.settled()
    await ana.settled()

    assert (ana.conversation, bo.conversation) == (None, None)


@on_wire
async def test_two_sockets_of_one_visitor_never_meet_each_other(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    second = Stranger(ana.visitor)
    await second.connect()
    await ana.join(**wish(topic))
    await second.join(**wish(topic))
    await asyncio.sleep(1.5)
    assert (ana.conversation, second.conversation) == (None, None)
    await bo.join(**wish(topic))
    talk = await bo.matched()
    await ana.settled()
    await second.settled()
    names = {one.conversation.name for one in (ana, second) if one.conversation}

    assert names == {talk.name}
    await second.go()


@on_wire
async def test_partners_who_just_met_do_not_meet_again(
    pair: tuple[Stranger, Stranger], topic: str
) -> None:
    ana, bo = pair
    await ana.leave("next")
    await bo.ended()
    for one in (ana, bo):
        await one.join(**wish(topic))
        await one.settled()
    await asyncio.sleep(1)

    for one in (ana, bo):
        assert sum(f["type"] == "conversation.matched" for f in one.socket.frames) == 1


@on_wire
async def test_partners_who_both_ask_meet_again_at_once(
    pair: tuple[Stranger, Stranger],
) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    first = ana.conversation.name
    await ana.leave("next")
    await bo.ended()
    for one in (ana, bo):
        await one.socket.send({"type": "conversation.again", "conversation": first})
    talks = await ana.matched(), await bo.matched()
    await asyncio.gather(ana.secure(), bo.secure())
    await ana.say("you again")

    assert talks[0].name == talks[1].name != first
    assert (await bo.hear()).text == "you again"
