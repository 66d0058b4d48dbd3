"""A client comes back on a newer socket, in one process."""

import asyncio
from dataclasses import replace

import pytest

from chat import opening
from chat.domain.policy import CONVERSATION
from chat.live import conversations
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import claims, message_record
from tests.edge.chat.returning import come_back, number, resume, resumed

WINDOW_SECONDS = 0.15


@pytest.fixture
def short_window(monkeypatch):
    policy = replace(CONVERSATION, resume_window_seconds=WINDOW_SECONDS)
    monkeypatch.setattr(opening, "CONVERSATION", policy)


@pytest.fixture
async def friends(people):
    """Two who talk, and who can come back as the same visitors."""
    pair = await matched(await people(claims()), await people(claims()))
    await asyncio.gather(*(each.shake_hands() for each in pair))
    return pair


async def test_who_comes_back_is_told_where_it_stands(people, friends):
    ana, bo = friends
    ana.message(0)
    await bo.until(lambda: bo.taken(0x11))
    bo.acknowledge(1)
    await ana.until(lambda: ana.taken(0x13))
    ana.message(1)
    await bo.until(lambda: len(bo.taken(0x11)) == 2)
    ana.hang_up()
    await bo.expect("partner.away")
    answer = await resumed(await come_back(people, ana))

    assert answer == {
        "type": "conversation.resumed",
        "conversation": ana.conversation,
        "slot": 1,
        "accepted": 2,
        "acked": 1,
        "partner": "here",
        "ladder": {"step": "text", "max": "clear", "version": 1},
        "route": {"state": "direct", "relay_available": False, "version": 1},
        "ice_servers": [],
    }
    assert "grace_seconds" not in await bo.expect("partner.back")


async def test_what_was_sent_meanwhile_comes_when_it_is_sent_again(people, friends):
    ana, bo = friends
    ana.hang_up()
    await bo.expect("partner.away")
    for seq in (0, 1):
        bo.message(seq)
    await bo.until(lambda: len(bo.taken(0x12)) == 2)
    back = await come_back(people, ana)
    answer = await resumed(back)
    await bo.expect("partner.back")
    for seq in (0, 1):
        bo.message(seq)
    await back.until(lambda: len(back.taken(0x11)) == 2)
    again = [number(body) for body in back.taken(0x11)]

    assert answer["accepted"] == 0
    assert again == [(1, 0), (1, 1)]
    stamps = bo.taken(0x12)
    assert stamps[:2] == stamps[2:]


async def test_received_is_an_acknowledgement(people, friends):
    ana, bo = friends
    for seq in range(3):
        bo.message(seq)
    await ana.until(lambda: len(ana.taken(0x11)) == 3)
    ana.hang_up()
    await bo.expect("partner.away")
    await resumed(await come_back(people, ana, received=2))
    await bo.expect("partner.back")

    assert number(bo.taken(0x13)[-1]) == (bo.slot, 2)


async def test_messages_between_two_sockets_are_neither_lost_nor_doubled(
    people, friends
):
    ana, bo = friends
    bo.message(0)
    await ana.until(lambda: ana.taken(0x11))
    ana.hang_up()
    await bo.expect("partner.away")
    bo.message(1)
    await bo.until(lambda: len(bo.taken(0x12)) == 2)
    back = await come_back(people, ana, received=1)
    await resumed(back)
    bo.message(2)  # before it has sent again what is missing
    await bo.until(lambda: len(bo.taken(0x12)) == 3)
    assert back.taken(0x11) == []
    for seq in (1, 2):
        bo.message(seq)
    await back.until(lambda: len(back.taken(0x11)) == 2)

    assert [number(body)[1] for body in back.taken(0x11)] == [1, 2]


async def test_the_newer_socket_wins(people, friends):
    ana, bo = friends
    back = await come_back(people, ana)
    await resumed(back)

    assert await ana.closed() == 4409
    await bo.expect("partner.back")
    assert bo.of_type("partner.away") == []
    ana.raw(message_record(1, 0))
    back.message(0)
    await bo.until(lambda: bo.taken(0x11))
    await bo.settle()
    assert len(bo.taken(0x11)) == 1


async def test_a_late_resume_on_an_older_socket_has_no_effect(people, friends):
    ana, bo = friends
    ana.hang_up()
    await bo.expect("partner.away")
    slow = await people(ana.claims)
    back = await come_back(people, ana)
    await resumed(back)
    resume(slow, ana)

    assert await slow.closed() == 4409
    assert slow.of_type("conversation.ended") == []
    back.message(0)
    await bo.until(lambda: bo.taken(0x11))
    assert back.close_code is None


@pytest.mark.parametrize("received", [2, 2**63])
async def test_what_cannot_have_been_received_ends_it(people, friends, received):
    ana, bo = friends
    bo.message(0)
    await ana.until(lambda: ana.taken(0x11))
    ana.hang_up()
    await bo.expect("partner.away")
    back = await come_back(people, ana, received=received)

    for each in (back, bo):
        assert (await each.expect("conversation.ended"))["reason"] == "integrity"
    assert conversations() == {}


async def test_less_than_was_acknowledged_ends_it(people, friends):
    ana, bo = friends
    bo.message(0)
    await ana.until(lambda: ana.taken(0x11))
    ana.acknowledge(1)
    await bo.until(lambda: bo.taken(0x13))
    ana.hang_up()
    await bo.expect("partner.away")
    back = await come_back(people, ana, received=0)

    assert (await back.expect("conversation.ended"))["reason"] == "integrity"


@pytest.mark.parametrize("code", [1000, 1001])
async def test_a_client_that_closes_its_socket_leaves(friends, code):
    ana, bo = friends
    ana.hang_up(code)

    assert (await bo.expect("conversation.ended"))["reason"] == "partner_left"
    assert bo.of_type("partner.away") == []


@pytest.mark.parametrize("code", [1005, 1006, 1011])
async def test_any_other_close_is_a_loss(friends, code):
    ana, bo = friends
    ana.hang_up(code)

    assert (await bo.expect("partner.away"))["grace_seconds"] == 60


async def test_both_may_be_away(people, friends):
    ana, bo = friends
    ana.hang_up()
    bo.hang_up()
    back = await come_back(people, ana)
    assert (await resumed(back))["partner"] == "away"
    returned = await come_back(people, bo)
    assert (await resumed(returned))["partner"] == "here"
    await back.expect("partner.back")
    returned.message(0)
    await back.until(lambda: back.taken(0x11))

    assert number(back.taken(0x11)[0]) == (1, 0)


async def test_the_first_window_to_run_out_ends_it(short_window, people):
    ana, bo = await matched(await people(claims()), await people(claims()))
    await asyncio.gather(ana.shake_hands(), bo.shake_hands())
    ana.hang_up()
    await bo.expect("partner.away")

    assert (await bo.expect("conversation.ended"))["reason"] == "partner_lost"
    late = await come_back(people, ana)
    assert (await late.expect("conversation.ended"))["reason"] == "expired"
    await late.settle()
    assert len(late.of_type("conversation.ended")) == 1
    assert late.of_type("error") == []


async def test_who_comes_back_after_the_end_learns_how_it_ended(people, friends):
    ana, bo = friends
    ana.hang_up()
    await bo.expect("partner.away")
    bo.say("conversation.leave", reason="stop", farewell="good_chat")
    await bo.expect("conversation.ended")
    back = await come_back(people, ana)
    ended = await back.expect("conversation.ended")

    assert (ended["reason"], ended["farewell"]) == ("partner_left", "good_chat")
    assert set(ended["receipt"]) == {"started", "ended", "kept"}


async def test_a_handshake_cannot_be_resumed(people):
    ana, bo = await matched(await people(claims()), await people(claims()))
    ana.hang_up()
    await bo.expect("conversation.ended")
    back = await come_back(people, ana)
    ended = await back.expect("conversation.ended")

    assert ended["reason"] == "partner_lost"
    assert back.of_type("error") == []


async def test_nobody_ends_another_visitors_conversation_by_resuming(people):
    ana, bo = await matched(await people(), await people())
    thief = await people()
    resume(thief, ana)
    resume(thief, bo, token="AAAA")
    for _ in range(2):
        assert (await thief.expect("conversation.ended"))["reason"] == "expired"
    await ana.settle()
    await bo.settle()

    assert len(conversations()) == 1
    assert ana.close_code is None


async def test_resuming_is_not_for_those_who_talk(pair):
    ana, bo = pair
    resume(ana, ana)

    assert (await ana.expect("error"))["code"] == "already_in_conversation"
    await bo.settle()
    assert len(conversations()) == 1


async def test_an_open_proposal_closes_when_a_side_is_lost(people, friends):
    ana, bo = friends
    ana.say("ladder.propose", step="voice")
    assert "proposal" in await bo.expect("ladder.state")
    bo.hang_up()
    await ana.expect("partner.away")
    state = await ana.expect("ladder.state")
    ana.say("ladder.propose", step="voice")

    assert "proposal" not in state
    assert (await ana.expect("error"))["code"] == "not_allowed"
    assert (await resumed(await come_back(people, bo)))["ladder"]["version"] == 3


async def test_what_is_not_kept_for_who_is_away_goes_nowhere(people, friends):
    ana, bo = friends
    ana.hang_up()
    await bo.expect("partner.away")
    bo.say("typing", active=True)
    bo.say("signal", description={"type": "offer", "sdp": "v=0\r\n"})
    back = await come_back(people, ana)
    await resumed(back)
    await back.settle()

    assert (bo.of_type("error"), back.of_type("typing")) == ([], [])
    assert back.of_type("signal") == []


async def test_a_deadline_of_the_window_is_forgotten_with_the_return(people, friends):
    ana, bo = friends
    ana.hang_up()
    await bo.expect("partner.away")
    [running] = conversations().values()
    with_window = set(running._timers)
    await resumed(await come_back(people, ana))

    assert len(with_window) == len(running._timers) + 1
