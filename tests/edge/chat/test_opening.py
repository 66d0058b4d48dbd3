"""From two tickets to a conversation: what each side is told."""

import asyncio

import pytest

from common.encoding import b64u_decode
from tests.edge.chat.conftest import KID, SEAL_KEY, matched
from tests.edge.chat.driver import claims
from trust.domain.conversation_token import unseal


async def test_both_are_told_of_one_conversation(pair):
    ana, bo = (each.matched for each in pair)

    assert ana["conversation"] == bo["conversation"]
    assert len(b64u_decode(ana["conversation"])) == 16
    assert {ana["role"], bo["role"]} == {"A", "B"}
    assert all(each["polite"] == (each["role"] == "B") for each in (ana, bo))
    assert (ana["mode"], ana["slot"], ana["suite"], ana["kid"]) == ("text", 1, 1, KID)
    assert ana["route"] == {"state": "direct", "relay_available": False, "version": 1}
    assert ana["ladder"] == {"step": "text", "max": "clear", "version": 1}
    assert ana["ice_servers"] == []


async def test_handles_are_two_and_each_knows_both(pair):
    ana, bo = (each.matched for each in pair)

    assert ana["handle"] != bo["handle"]
    assert ana["partner"]["handle"] == bo["handle"]
    assert bo["partner"]["handle"] == ana["handle"]


async def test_a_partner_is_what_they_said_of_themselves(people):
    ana, bo = await people(), await people()
    ana.send(
        "queue.join",
        mode="text",
        interests=["Jazz", "chess"],
        languages=["de", "en"],
        region="eu",
        strictness="open",
    )
    bo.join(strictness="open")
    await asyncio.gather(ana.match(), bo.match())
    of_ana = bo.matched["partner"]
    of_bo = ana.matched["partner"]

    del of_ana["handle"], of_bo["handle"]
    assert of_ana == {"badges": [], "languages": ["de", "en"], "region": "eu"}
    assert of_bo == {"badges": [], "languages": []}


async def test_shared_interests_are_in_each_readers_own_spelling(people):
    ana, bo = await people(), await people()
    for each, named in ((ana, ["JAZZ", "chess"]), (bo, ["go", "jazz "])):
        each.send("queue.join", mode="text", interests=named, languages=[])
    await asyncio.gather(ana.match(), bo.match())

    assert ana.matched["shared_interests"] == ["JAZZ"]
    assert bo.matched["shared_interests"] == ["jazz"]


@pytest.mark.parametrize(
    ("mode", "step"), [("text", "text"), ("voice", "voice"), ("video", "blurred")]
)
async def test_the_mode_is_where_the_ladder_begins(people, mode, step):
    ana, _ = await matched(await people(), await people(), mode)

    assert ana.matched["ladder"] == {"step": step, "max": "clear", "version": 1}


async def test_an_operator_may_keep_everyone_at_text(people, settings):
    settings.CALLS_WITHOUT_RELAY = False
    ana, _ = await matched(await people(), await people())

    assert ana.matched["ladder"] == {"step": "text", "max": "text", "version": 1}


@pytest.mark.parametrize(
    ("one", "other", "suite"),
    [([1, 2], [1, 2], 1), ([2, 1], [1], 1), ([1, 2], [2], 2), ([2], None, 2)],
)
async def test_the_suite_is_the_first_that_both_can(people, one, other, suite):
    ana, bo = await people(), await people()
    for each, suites in ((ana, one), (bo, other)):
        each.join(strictness="open", **({"suites": suites} if suites else {}))
    await asyncio.gather(ana.match(), bo.match())

    assert [ana.matched["suite"], bo.matched["suite"]] == [suite, suite]


async def test_the_evidence_names_both_and_only_the_server_can_read_it(pair):
    token = b64u_decode(pair[0].matched["conversation_token"])
    context = unseal(token, key=SEAL_KEY)
    sides = {each.matched["role"]: each.claims for each in pair}

    assert (
        pair[1].matched["conversation_token"] == pair[0].matched["conversation_token"]
    )
    assert context.sid == b64u_decode(pair[0].conversation)
    assert (context.person_a, context.person_b) == (
        sides["A"].person_id,
        sides["B"].person_id,
    )
    assert context.device_a == sides["A"].visitor_id.bytes[:8]
    assert context.mode == "text"


async def test_resume_tokens_differ_and_tell_nothing(pair):
    ana, bo = pair
    one, other = (b64u_decode(each.matched["resume_token"]) for each in pair)

    assert one != other
    assert ana.claims.visitor_id.bytes not in one
    assert b64u_decode(bo.conversation) not in other


async def test_slots_count_up_on_a_socket(people):
    ana = await people()
    slots = []
    for _ in range(3):
        bo = await people()
        await matched(ana, bo)
        slots.append(ana.slot)
        ana.say("conversation.leave", reason="next")
        await ana.expect("conversation.ended")

    assert slots == [1, 2, 3]


async def test_roles_are_drawn(people, monkeypatch):
    for drawn, role in ((b"\x00", "A"), (b"\x01", "B")):
        draw = _draw(drawn)
        monkeypatch.setattr("chat.opening.random_bytes", draw)
        ana, bo = await people(), await people()
        ana.join(strictness="open")
        await ana.settle()
        bo.join(strictness="open")
        await asyncio.gather(ana.match(), bo.match())

        assert bo.matched["role"] == role


def _draw(first):
    return lambda count: first * count


@pytest.mark.django_db(transaction=True)
async def test_an_account_shows_its_badges(people, monkeypatch):
    monkeypatch.setattr("chat.lobby.badges_of", lambda account: ("crown",))
    who = claims()
    creator = await people(claims(account=who.person_id))
    _, bo = await matched(creator, await people())

    assert bo.matched["partner"]["badges"] == ["crown"]
    assert creator.matched["partner"]["badges"] == []
