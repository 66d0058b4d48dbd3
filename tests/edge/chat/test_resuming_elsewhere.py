"""A client comes back, and its conversation was at home in another process."""

import asyncio
import json
from dataclasses import replace

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from chat import resuming
from chat.close_codes import CloseCode
from chat.connections import registry
from chat.conversation_stores import conversation_store
from chat.departure import dismiss
from chat.domain import passage, snapshot
from chat.domain.ladder import Step
from chat.domain.passage import Kind
from chat.domain.policy import CONVERSATION
from chat.domain.record import RecordError
from chat.home_answers import home_answers
from chat.keys import key_ring
from chat.live import conversations, moment
from chat.membership import membership
from chat.worker_directory import workers
from chat.workers import WorkerFacts
from common.encoding import b64u_decode
from common.ids import WorkerId
from common.redis import async_redis
from common.worker import worker_id
from tests.edge.chat.conftest import KID, STAMP_KEY, matched
from tests.edge.chat.driver import claims, turns
from tests.edge.chat.elsewhere import ELSEWHERE, stand_in
from tests.edge.chat.returning import (
    come_back,
    moved_away,
    number,
    recorded,
    resume,
    resumed,
)
from tests.unit.chat.records_of import LEFT, ended
from trust.domain.franking import Role

FACTS = WorkerFacts(online=0, conversations=0, draining=False)
THIRD = WorkerId("3d" * 8)


@pytest.fixture
def elsewhere(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture(autouse=True)
def quick(monkeypatch, key):
    """Look again soon; the store is old, and the key is at hand."""
    monkeypatch.setattr(resuming, "LOOK_AGAIN_SECONDS", 0.02)
    monkeypatch.setattr(resuming, "HOME_SECONDS", 0.03)
    key_ring()._running[KID] = STAMP_KEY


@pytest.fixture
def old_store(quick):
    conversation_store()._born -= 60


@pytest.fixture
async def friends(people, elsewhere, old_store):
    """Two who talked here; their messages: three of ana's, one of bo's."""
    ana, bo = await matched(await people(claims()), await people(claims()))
    await asyncio.gather(ana.shake_hands(), bo.shake_hands())
    for seq in range(3):
        ana.message(seq)
    await bo.until(lambda: len(bo.taken(0x11)) == 3)
    bo.message(0)
    await ana.until(lambda: ana.taken(0x11))
    return ana, bo


async def lives(worker=ELSEWHERE):
    await workers().renew(worker, FACTS)


async def kept(record):
    assert await conversation_store().put(record)


def asks(elsewhere):
    """Wait until the home was asked once more than before."""
    before = len(elsewhere.of(Kind.RESUME))

    async def asked():
        async with asyncio.timeout(3):
            while len(elsewhere.of(Kind.RESUME)) <= before:  # noqa: ASYNC110  a list
                await asyncio.sleep(0.005)
        return elsewhere.last(Kind.RESUME)

    return asked()


def give_resumed(elsewhere, asked, slot):
    frame = {"type": "conversation.resumed", "slot": slot}
    say(elsewhere, Kind.GIVE_TEXT, asked, json.dumps(frame).encode())


def say(elsewhere, kind, asked, payload=b""):
    socket, conversation = asked.socket, asked.conversation
    elsewhere.say(kind, socket=socket, conversation=conversation, payload=payload)


async def answered_end(back):
    ended = await back.expect("conversation.ended")
    await back.settle()
    assert len(back.of_type("conversation.ended")) == 1
    assert back.of_type("error") == []
    return ended


# --- the home is dead -------------------------------------------------------------


async def test_a_dead_homes_conversation_goes_on_once_both_are_back(people, friends):
    await moved_away()
    ana = await come_back(people, friends[0], received=1)
    await ana.settle()
    assert ana.of_type("conversation.resumed") == []
    bo = await come_back(people, friends[1], received=2)
    of_ana, of_bo = await resumed(ana), await resumed(bo)

    assert (of_ana["accepted"], of_ana["acked"], of_ana["partner"]) == (2, 2, "here")
    assert (of_bo["accepted"], of_bo["acked"], of_bo["partner"]) == (1, 1, "here")
    record = await conversation_store().get(b64u_decode(ana.conversation))
    assert (record.home, record.epoch) == (worker_id(), 3)


async def test_messages_go_on_without_gap_or_double(people, friends):
    voided = friends[0].taken(0x12)[2]
    await moved_away()
    ana = await come_back(people, friends[0], received=1)
    bo = await come_back(people, friends[1], received=2)
    await asyncio.gather(resumed(ana), resumed(bo))
    for seq in (2, 3):
        ana.message(seq)
    bo.message(1)
    await bo.until(lambda: len(bo.taken(0x11)) == 2)
    await ana.until(lambda: ana.taken(0x11) and len(ana.taken(0x12)) == 2)

    assert [number(body)[1] for body in bo.taken(0x11)] == [2, 3]
    assert [number(body)[1] for body in ana.taken(0x11)] == [1]
    anew = ana.taken(0x12)[0]
    assert anew[10:] != voided[10:]  # it has bo's message by now, and says so
    assert anew[10:] == bo.taken(0x11)[0][42:89]


async def test_both_at_the_same_moment_make_one_home(people, friends):
    await moved_away()
    ana, bo = await people(friends[0].claims), await people(friends[1].claims)
    for back, lost in zip((ana, bo), friends, strict=True):
        back.matched = dict(lost.matched)
        resume(back, lost, received=1)
    await asyncio.gather(resumed(ana), resumed(bo))
    [live] = conversations().values()

    assert live.record.epoch == 3
    assert len(live.endpoints) == 2


async def test_what_was_here_before_does_not_take_the_newer_one_with_it(
    people, friends
):
    [before] = conversations().values()
    await moved_away()
    ana = await come_back(people, friends[0], received=1)
    await ana.settle()
    before.drop()  # a write of its record is refused only now
    bo = await come_back(people, friends[1], received=2)

    await asyncio.gather(resumed(ana), resumed(bo))


async def test_who_waits_for_the_partner_can_leave(people, friends):
    await moved_away()
    ana = await come_back(people, friends[0], received=1)
    ana.say("conversation.leave", reason="stop")
    assert (await answered_end(ana))["reason"] == "left"
    bo = await come_back(people, friends[1], received=2)

    assert (await answered_end(bo))["reason"] == "partner_left"


async def test_a_side_that_never_returns_is_lost(people, friends, monkeypatch):
    brief = replace(CONVERSATION, resume_window_seconds=0.15)
    monkeypatch.setattr(resuming, "CONVERSATION", brief)
    await moved_away()
    ana = await come_back(people, friends[0], received=1)
    assert (await answered_end(ana))["reason"] == "partner_lost"
    bo = await come_back(people, friends[1], received=2)

    assert (await answered_end(bo))["reason"] == "expired"


async def test_a_handshake_that_lost_its_home_is_over(people, elsewhere, old_store):
    record, both = recorded(open=False)
    await kept(record)
    for lost in both:
        back = await come_back(people, lost)
        assert (await answered_end(back))["reason"] == "partner_lost"
    assert conversations() == {}


async def test_a_young_store_is_not_believed_yet(people, elsewhere, monkeypatch):
    record, (lost, _) = recorded()
    back = await come_back(people, lost)
    await asyncio.sleep(0.05)
    assert back.of_type("conversation.ended") == []
    await kept(record)  # by a home that lives
    await lives()
    asked = await asks(elsewhere)
    give_resumed(elsewhere, asked, 1)

    assert (await resumed(back))["slot"] == 1


async def test_what_no_store_knows_has_expired(people, elsewhere, old_store):
    _, (lost, _) = recorded()
    back = await come_back(people, lost)
    end = await answered_end(back)

    assert (end["reason"], end["receipt"]) == ("expired", None)
    back.join(strictness="open")
    await back.expect("queue.waiting")  # it is idle


async def test_a_key_that_stamps_no_more_ends_it(people, friends, monkeypatch):
    await moved_away()
    key_ring()._running.clear()
    monkeypatch.setattr("chat.keys.stamp_key", lambda *_: None)
    monkeypatch.setattr("chat.keys.database_sync_to_async", _at_once)
    for lost in friends:
        back = await come_back(people, lost, received=1)
        assert (await answered_end(back))["reason"] == "expired"
    assert conversations() == {}


def _at_once(function):
    async def call(*args):
        return function(*args)

    return call


# --- the home lives ---------------------------------------------------------------


@pytest.fixture
async def asking(people, elsewhere, old_store):
    """One of two comes back, and the home elsewhere was asked."""
    record, both = recorded()
    await kept(record)
    await lives()
    asked = asks(elsewhere)
    back = await come_back(people, both[0], received=7)
    return back, await asked, both


async def test_a_living_home_is_asked_and_answers(asking, elsewhere):
    back, asked, _ = asking
    place = passage.read_place(asked.payload)
    give_resumed(elsewhere, asked, place.slot)
    await resumed(back)
    back.message(0)
    await back.settle()

    assert place == (Role.A, 1, 7)
    assert elsewhere.last(Kind.HEAR_RECORD).conversation == asked.conversation
    assert not home_answers().waits(asked.socket)


async def test_while_a_home_awaits_the_partner_its_guest_can_leave(asking, elsewhere):
    back, asked, _ = asking
    say(elsewhere, Kind.SEAT, asked)
    back.say("conversation.leave", reason="stop")
    await back.settle()

    assert json.loads(elsewhere.last(Kind.HEAR_TEXT).payload)["reason"] == "stop"


async def test_the_partner_on_the_same_process_may_ask_too(people, asking, elsewhere):
    back, first, both = asking
    say(elsewhere, Kind.SEAT, first)
    again = asks(elsewhere)
    partner = await come_back(people, both[1], received=3)
    second = await again
    for each in (first, second):
        give_resumed(elsewhere, each, 1)
    await asyncio.gather(resumed(back), resumed(partner))

    assert passage.read_place(second.payload) == (Role.B, 1, 3)


async def test_a_home_that_knows_nothing_is_asked_until_the_record_tells(
    asking, elsewhere
):
    back, asked, _ = asking
    again = asks(elsewhere)
    say(elsewhere, Kind.UNKNOWN, asked)
    assert (await again).socket == asked.socket
    record = await conversation_store().get(asked.conversation)
    await conversation_store().end(ended(record, LEFT))
    say(elsewhere, Kind.UNKNOWN, asked)

    assert (await answered_end(back))["reason"] == "left"


async def test_what_a_former_home_answers_is_ignored(asking, elsewhere):
    back, asked, _ = asking
    elsewhere.say(Kind.UNKNOWN, socket=asked.socket)
    elsewhere.say(Kind.HAND_OVER, socket=asked.socket, payload=b"{}")
    await turns()
    assert home_answers().waits(asked.socket)
    give_resumed(elsewhere, asked, 1)

    assert (await resumed(back))["slot"] == 1
    assert len(elsewhere.of(Kind.RESUME)) == 1


async def test_a_draining_home_hands_over_and_nothing_is_missing(
    people, friends, elsewhere
):
    stamps = friends[0].taken(0x12)
    raw = await moved_away()
    await lives()
    asked = asks(elsewhere)
    bo = await come_back(people, friends[1], received=1)
    say(elsewhere, Kind.HAND_OVER, await asked, raw)
    of_bo = await resumed(bo)
    ana = await come_back(people, friends[0], received=1)
    of_ana = await resumed(ana)
    for seq in (1, 2):
        ana.message(seq)
    await bo.until(lambda: len(bo.taken(0x11)) == 2)

    assert (of_bo["accepted"], of_bo["acked"], of_bo["partner"]) == (1, 0, "away")
    assert (of_ana["accepted"], of_ana["acked"], of_ana["partner"]) == (3, 1, "here")
    assert [body[10:] for body in ana.taken(0x12)] == [body[10:] for body in stamps[1:]]
    assert number(bo.taken(0x13)[0]) == (bo.slot, 1)


async def test_the_record_of_what_was_handed_over_is_as_new_as_it(
    people, friends, elsewhere
):
    [live] = conversations().values()
    live.core.state.ladder = replace(live.core.state.ladder, step=Step.VOICE, version=5)
    raw = await moved_away()
    await lives()
    asked = asks(elsewhere)
    await come_back(people, friends[1], received=1)
    say(elsewhere, Kind.HAND_OVER, await asked, raw)
    await turns()
    record = await conversation_store().get(b64u_decode(friends[1].conversation))

    assert (record.home, record.open) == (worker_id(), True)
    assert (record.ladder.step, record.ladder.version) == (Step.VOICE, 5)


async def test_who_was_away_before_has_no_more_time_than_was_left(
    people, friends, elsewhere
):
    ana, bo = friends
    ana.hang_up()
    await bo.expect("partner.away")
    [live] = conversations().values()
    [role] = live.core.state.away
    live.core.state.away[role] = moment().steady + 10
    raw = await moved_away()
    await lives()
    asked = asks(elsewhere)
    back = await come_back(people, bo, received=1)
    say(elsewhere, Kind.HAND_OVER, await asked, raw)
    await resumed(back)
    [live] = conversations().values()
    [(away, until)] = live.core.state.away.items()

    assert away is role
    assert 5 < until - moment().steady <= 10


async def test_a_handshake_that_is_handed_over_ends(people, elsewhere, old_store):
    pair = await matched(await people(claims()), await people(claims()))
    [live] = conversations().values()
    raw = snapshot.write(live.core.state, moment())
    await moved_away()
    await lives()
    for lost in pair:
        asked = asks(elsewhere)
        back = await come_back(people, lost)
        if lost is pair[0]:
            say(elsewhere, Kind.HAND_OVER, await asked, raw)
        else:
            asked.close()
        assert (await answered_end(back))["reason"] == "partner_lost"
    assert conversations() == {}


async def test_a_snapshot_that_cannot_be_read_costs_nothing_in_the_end(
    people, friends, elsewhere
):
    await moved_away()
    await lives()
    asked = asks(elsewhere)
    ana = await come_back(people, friends[0], received=1)
    asked = await asked
    again = asks(elsewhere)
    say(elsewhere, Kind.HAND_OVER, asked, b'{"version":2}')
    await again
    await workers().resign(ELSEWHERE)  # it holds nothing now, and stops
    bo = await come_back(people, friends[1], received=2)
    await asyncio.gather(resumed(ana), resumed(bo))

    assert list(conversations()) == [asked.conversation]


async def test_a_home_that_dies_while_it_is_asked_is_replaced(
    people, friends, elsewhere
):
    await moved_away()
    await lives()
    asked = asks(elsewhere)
    ana = await come_back(people, friends[0], received=1)
    await asked
    await workers().resign(ELSEWHERE)
    bo = await come_back(people, friends[1], received=2)

    await asyncio.gather(resumed(ana), resumed(bo))


async def test_who_asks_a_home_is_not_closed_when_it_is_buried(asking, elsewhere):
    back, _, _ = asking
    again = asks(elsewhere)
    membership()._dead(ELSEWHERE)  # it has a lease again already
    give_resumed(elsewhere, await again, 2)

    assert (await resumed(back))["slot"] == 2
    assert back.close_code is None


async def test_an_answer_that_comes_late_counts(asking, elsewhere, monkeypatch):
    back, asked, _ = asking
    monkeypatch.setattr(resuming, "LOOK_AGAIN_SECONDS", 0.1)
    await workers().resign(ELSEWHERE)
    conversation_store()._born += 60  # Redis restarted: nothing is known for sure
    async with asyncio.timeout(3):
        while home_answers().waits(asked.socket):  # noqa: ASYNC110  no event to await
            await asyncio.sleep(0.005)
    say(elsewhere, Kind.SEAT, asked)
    give_resumed(elsewhere, asked, 1)
    await resumed(back)
    await back.settle()

    assert len(elsewhere.of(Kind.RESUME)) == 1


async def test_who_goes_while_asking_holds_up_nobody(people, asking, elsewhere):
    back, asked, both = asking
    dismiss(registry().numbered(asked.socket), CloseCode.TAKEN_OVER)
    assert elsewhere.last(Kind.LOST).socket == asked.socket
    again = asks(elsewhere)
    newer = await come_back(people, both[0], received=7)
    give_resumed(elsewhere, await again, 1)

    await resumed(newer)
    assert await back.closed() == 4409


# --- nobody knows -------------------------------------------------------------------


@pytest.mark.parametrize("error", [RedisConnectionError, RecordError])
async def test_nobody_answers_and_the_client_tries_again(
    people, elsewhere, old_store, monkeypatch, error
):
    async def away(_):
        raise error

    monkeypatch.setattr(resuming, "GIVE_UP_SECONDS", 0.1)
    monkeypatch.setattr(conversation_store(), "get", away)
    _, (lost, _) = recorded()
    back = await come_back(people, lost)

    assert await back.closed() == 1012
    assert back.of_type("conversation.ended") == []


async def test_a_silent_home_is_not_asked_for_ever(
    people, elsewhere, old_store, monkeypatch
):
    monkeypatch.setattr(resuming, "GIVE_UP_SECONDS", 0.1)
    record, (lost, _) = recorded()
    await kept(record)
    await lives()
    back = await come_back(people, lost)

    assert await back.closed() == 1012


async def test_an_end_that_is_not_written_yet_is_told(people, friends, monkeypatch):
    async def away(_):
        raise RedisConnectionError

    ana, bo = friends
    ana.hang_up()
    await bo.expect("partner.away")
    with monkeypatch.context() as patch:
        patch.setattr(conversation_store(), "end", away)
        bo.say("conversation.leave", reason="stop")
        await bo.expect("conversation.ended")
        back = await come_back(people, ana)
        end = await answered_end(back)

    assert end["reason"] == "partner_left"
    assert conversations() == {}


# --- leaving from another socket -----------------------------------------------------


async def leave_from(people, lost, *, reason="stop"):
    other = await people(lost.claims)
    other.send(
        "conversation.leave",
        conversation=lost.conversation,
        resume_token=lost.matched["resume_token"],
        reason=reason,
    )
    await other.settle()
    assert other.of_type("error") == []


async def test_another_home_is_told_who_leaves(people, elsewhere, old_store):
    record, (_, lost) = recorded()
    await kept(record)
    await lives()
    await leave_from(people, lost)
    left = elsewhere.last(Kind.LEAVE_FOR)

    assert (left.conversation, left.payload[0]) == (record.id, Role.B)
    assert json.loads(left.payload[1:])["reason"] == "stop"


@pytest.mark.parametrize(
    ("reason", "told"),
    [("next", ["partner_left", "left"]), ("integrity", ["integrity"] * 2)],
)
async def test_what_a_dead_process_held_can_be_left(
    people, elsewhere, old_store, reason, told
):
    record, (lost, other) = recorded()
    await kept(record)
    await leave_from(people, lost, reason=reason)
    ends = [await answered_end(await come_back(people, each)) for each in (other, lost)]

    assert [end["reason"] for end in ends] == told
    assert elsewhere.sent == []


async def test_what_is_over_is_left_already(people, elsewhere, old_store):
    record, (lost, _) = recorded()
    await leave_from(people, lost)
    await kept(ended(record))
    await leave_from(people, lost)

    assert elsewhere.sent == []


# --- with a real store ----------------------------------------------------------------


@pytest.fixture
async def redis(redis_url, elsewhere):
    """All the adapters of a site with several processes, but for the relay."""
    await conversation_store().age_seconds()
    await async_redis().decrby("ss:born", 60_000_000)
    yield async_redis()
    await membership().leave()
    await async_redis().aclose()


async def test_both_at_once_make_one_home_in_redis(redis, people):
    record, both = recorded()
    await kept(record)
    ana, bo = [await people(lost.claims) for lost in both]
    for back, lost in zip((ana, bo), both, strict=True):
        back.matched = dict(lost.matched)
        resume(back, lost)
    await asyncio.gather(resumed(ana), resumed(bo))
    bo.message(0)
    await ana.until(lambda: ana.taken(0x11))

    assert (await conversation_store().get(record.id)).epoch == 2


async def test_a_record_of_another_version_is_left_alone(redis, people, monkeypatch):
    monkeypatch.setattr(resuming, "GIVE_UP_SECONDS", 0.1)
    record, (lost, _) = recorded()
    await kept(record)
    key = f"ss:conversation:{record.id.hex()}"
    await redis.hset(key, "text", b'{"version":2}')
    back = await come_back(people, lost)

    assert await back.closed() == 1012
    assert await redis.hget(key, "text") == b'{"version":2}'
