"""What a process does when another one dies, or when its own lease has run out."""

import asyncio
import json

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from chat import live as live_module
from chat import membership as membership_module
from chat.connections import registry
from chat.conversation_stores import conversation_store
from chat.domain import passage
from chat.domain.conversation import Conversation
from chat.domain.passage import Kind, Place
from chat.domain.policy import CONVERSATION
from chat.domain.record import RecordError, with_home
from chat.domain.recovery import recover
from chat.home_answers import home_answers
from chat.live import LiveConversation, conversations, moment
from chat.lobby import lobby
from chat.membership import ensure_joined, facts, membership
from chat.relay import relay
from chat.seats import FarSeat
from chat.standing import standing
from chat.worker_directory import workers
from chat.workers import WorkerFacts
from common import clock
from common.encoding import b64u_encode
from common.ids import new_conversation_id
from common.redis import async_redis
from common.worker import worker_id
from tests.edge.chat.conftest import STAMP_KEY, matched
from tests.edge.chat.driver import message_record, turns
from tests.edge.chat.elsewhere import ELSEWHERE, stand_in
from tests.unit.chat.records_of import record

FAR = 77


@pytest.fixture
def elsewhere(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
async def joined(elsewhere, monkeypatch):
    """This process is one of several; the other one is played by the test."""
    monkeypatch.setattr(membership_module, "LOOK_AGAIN_SECONDS", 0.01)
    await membership().join()
    yield membership()
    await membership().leave()
    standing.cache_clear()


@pytest.fixture
async def friends(people, joined):
    ana, bo = await matched(await people(), await people())
    await asyncio.gather(ana.shake_hands(), bo.shake_hands())
    return ana, bo


def lapse():
    """Let time pass: as if this process had been paused."""
    membership()._lease._renewed -= 60
    assert not standing().sure()


async def renew():
    """Do what the lease does by itself within a second."""
    await membership()._lease.turn()
    await until(standing().sure)


async def until(true):
    async with asyncio.timeout(3):
        while not true():  # noqa: ASYNC110  a condition of any kind
            await asyncio.sleep(0.002)


def connection_of(someone):
    [connection] = registry().of(someone.claims.visitor_id)
    return connection


def say(elsewhere, kind, live, payload=b"", socket=FAR):
    """Let the other process say something, over the relay."""
    elsewhere.heed(ELSEWHERE, passage.write(kind, socket, live.id, payload))


async def moved(elsewhere, someone):
    """Let a side's socket be on the other process."""
    [live] = conversations().values()
    role = live.role_of(connection_of(someone))
    place = passage.write_place(Place(role=role, slot=1, received=0))
    say(elsewhere, Kind.RESUME, live, place)
    assert await someone.closed() == 4409
    return live


# --- another process dies ---------------------------------------------------------


async def visiting(someone, **more):
    """Let a socket of this process sit in a conversation held elsewhere."""
    connection = connection_of(someone)
    about = new_conversation_id()
    connection.seat = FarSeat(ELSEWHERE, about, connection.number, **more)
    return connection


async def test_sockets_move_when_the_home_of_their_conversation_dies(
    people, joined, elsewhere
):
    ana, bo = await people(), await people()
    await visiting(ana)
    membership()._dead(ELSEWHERE)

    assert await ana.closed() == 1012
    assert elsewhere.forgotten == [ELSEWHERE]
    assert elsewhere.of(Kind.LOST) == []
    await bo.settle()
    assert bo.close_code is None


async def test_the_death_of_another_home_moves_nobody(people, joined, elsewhere):
    ana = await people()
    connection = await visiting(ana)
    membership()._dead("f" * 16)
    await ana.settle()

    assert connection.seat.home == ELSEWHERE
    connection.seat = None


async def test_who_awaits_an_answer_looks_for_another_home(people, joined, elsewhere):
    ana = await people()
    connection = await visiting(ana)
    answer = home_answers().expect(connection.number)
    membership()._dead(ELSEWHERE)
    await ana.settle()

    assert (answer.done(), connection.seat) == (True, None)
    assert ana.close_code is None


async def test_who_was_invited_by_the_dead_waits_on(people, joined, elsewhere):
    ana = await people()
    ana.join()
    await ana.expect("queue.waiting")
    await turns()
    [waiting] = lobby()._waiting.values()
    invited = passage.write(
        Kind.INVITE, 0, new_conversation_id(), waiting.ticket.id.encode()
    )
    elsewhere.heed(ELSEWHERE, invited)
    assert lobby()._waiting == {}
    membership()._dead(ELSEWHERE)
    await turns()
    [again] = lobby()._waiting.values()

    assert again.ticket.since == waiting.ticket.since
    await ana.settle()
    assert ana.close_code is None


@pytest.mark.parametrize("dies", [True, False])
async def test_sockets_of_a_process_that_died_are_lost(friends, elsewhere, dies):
    ana, bo = friends
    live = await moved(elsewhere, bo)
    if dies:
        membership()._dead(ELSEWHERE)
    else:
        elsewhere.restarted(ELSEWHERE)  # what it said meanwhile may be missing

    assert (await ana.expect("partner.away"))["grace_seconds"] == 60
    assert len(live.endpoints) == 1
    assert elsewhere.forgotten == ([ELSEWHERE] if dies else [])


async def test_whoever_says_something_is_watched(friends, elsewhere):
    await moved(elsewhere, friends[1])
    await membership()._lease.turn()  # it has no lease; but the store is young
    assert ELSEWHERE in membership()._lease._watched
    conversation_store()._born -= 60
    await membership()._lease.turn()

    assert elsewhere.forgotten == [ELSEWHERE]
    await friends[0].expect("partner.away")


# --- the own lease ran out --------------------------------------------------------


async def test_nothing_is_stamped_before_the_records_were_read_again(
    friends, elsewhere, monkeypatch
):
    ana, bo = friends
    live = await moved(elsewhere, bo)
    ana.message(0)
    await ana.until(lambda: len(ana.taken(0x12)) == 1)
    lapse()
    for seq in (1, 2):
        ana.message(seq)
        say(elsewhere, Kind.HEAR_RECORD, live, message_record(1, seq - 1))
    await asyncio.sleep(0.05)
    before = len(ana.taken(0x12)), len(ana.taken(0x11))
    await renew()
    await ana.until(lambda: len(ana.taken(0x12)) == 3)
    await ana.until(lambda: len(ana.taken(0x11)) == 2)

    assert before == (1, 0)
    assert [body[9] for body in ana.taken(0x12)] == [0, 1, 2]
    assert [body[9] for body in ana.taken(0x11)] == [0, 1]


async def test_what_has_another_home_by_now_is_dropped(friends):
    ana, bo = friends
    [live] = conversations().values()
    theirs = with_home(live.record, ELSEWHERE)
    lapse()
    assert await conversation_store().take_over(theirs, was_epoch=1)
    ana.message(0)
    await renew()

    assert [await each.closed() for each in friends] == [1012, 1012]
    assert conversations() == {}
    assert (ana.taken(0x12), bo.of_type("partner.away")) == ([], [])
    assert await conversation_store().get(live.id) == theirs


async def test_after_a_lapse_homes_may_say_that_they_took_it_for_dead(
    people, joined, elsewhere
):
    ana, bo = await people(), await people()
    seats = [(await visiting(someone)).seat for someone in (ana, bo)]
    lapse()
    await renew()
    await until(lambda: elsewhere.of(Kind.LOST))

    [knock] = elsewhere.of(Kind.LOST)
    assert (knock.socket, knock.conversation) == (
        passage.NO_SOCKET,
        seats[-1].conversation,
    )
    for someone in (ana, bo):
        connection_of(someone).seat = None


async def test_what_another_version_took_over_is_dropped(friends, monkeypatch):
    async def unreadable(_):
        raise RecordError

    lapse()
    monkeypatch.setattr(conversation_store(), "get", unreadable)
    await renew()

    assert [await each.closed() for each in friends] == [1012, 1012]


async def test_while_the_store_is_away_everything_waits(friends, monkeypatch, caplog):
    async def away(_):
        raise RedisConnectionError

    ana, _ = friends
    with monkeypatch.context() as patch:
        patch.setattr(conversation_store(), "get", away)
        lapse()
        await membership()._lease.turn()
        ana.message(0)
        await asyncio.sleep(0.05)
        assert not standing().sure()
    await until(standing().sure)
    await ana.until(lambda: ana.taken(0x12))

    assert "records cannot be read: ConnectionError" in caplog.text


async def test_another_lapse_makes_what_was_read_before_void(friends, monkeypatch):
    """A pause in the middle of reading: what was read first may be old."""
    [live] = conversations().values()
    store, read = conversation_store(), []

    async def get(conversation):
        read.append(conversation)
        if len(read) == 1:
            record = await type(store).get(store, conversation)
            await store.take_over(with_home(record, ELSEWHERE), was_epoch=1)
            membership()._lease._renewed -= 60  # paused here, and
            await membership()._lease.turn()  # renewed before anything else
            return record
        return await type(store).get(store, conversation)

    written = asyncio.Event()

    async def put(_):
        await written.wait()
        return False

    monkeypatch.setattr(store, "get", get)
    monkeypatch.setattr(store, "put", put)
    lapse()
    await renew()
    assert live.id not in conversations()
    written.set()

    assert len(read) == 2
    assert [await each.closed() for each in friends] == [1012, 1012]


async def test_deadlines_wait_as_well(friends, monkeypatch):
    ana, bo = friends
    monkeypatch.setattr(live_module, "LATER_SECONDS", 0.01)
    [live] = conversations().values()
    bo.hang_up()
    await ana.expect("partner.away")
    lapse()
    for timer in list(live._timers):
        live.set_timer(timer, 0.0)
    await asyncio.sleep(0.04)
    assert conversations() == {live.id: live}
    await renew()

    assert (await ana.expect("conversation.ended"))["reason"]


async def test_a_frame_that_waited_reaches_nobody_once_its_socket_is_gone(friends):
    ana, bo = friends
    lapse()
    ana.say("typing", active=True)
    ana.message(0)
    connection_of(ana).close(1012)
    await renew()
    await bo.settle()

    assert (bo.of_type("typing"), bo.taken(0x11)) == ([], [])


# --- the store was lost -----------------------------------------------------------


@pytest.fixture
async def redis(redis_url, elsewhere):
    yield async_redis()
    await membership().leave()
    await async_redis().aclose()


async def test_every_record_is_written_back_into_an_empty_store(redis, key):
    await ensure_joined()
    records = [record(number, home=worker_id()) for number in range(50)]
    for each in records:
        state = recover(each, stamp_key=STAMP_KEY, now=moment(), policy=CONVERSATION)
        LiveConversation(Conversation(state), each)
    await redis.flushall()
    membership()._lease._renewed = clock.monotonic() - 2.5  # due, and still held
    await membership()._lease.turn()
    async with asyncio.timeout(3):
        while len(await redis.keys("ss:conversation:*")) < len(records):  # noqa: ASYNC110  Redis tells nobody
            await asyncio.sleep(0.01)

    assert await conversation_store().get(records[7].id) == records[7]
    assert len(conversations()) == len(records)


# --- joining and leaving ------------------------------------------------------------


async def test_alone_there_is_nothing_to_join(people):
    await ensure_joined()

    assert membership()._task is None


async def test_a_process_joins_once_and_says_what_it_carries(friends):
    task = membership()._task
    await asyncio.gather(membership().join(), membership().join())
    await membership()._lease._renew()
    said = (await workers().everyone())[worker_id()]

    assert membership()._task is task
    assert said == facts() == WorkerFacts(online=2, conversations=1, draining=False)


async def test_who_waited_for_the_lease_and_went_leaves_no_doubt(
    elsewhere, monkeypatch
):
    """The store is away when the first socket comes; its client gives up."""

    async def away(*_):
        raise RedisConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(workers(), "renew", away)
        first = asyncio.create_task(membership().join())
        await asyncio.sleep(0.03)
        first.cancel()
        await asyncio.wait((first,))
        await membership().join()
        assert not standing().sure()  # it would stamp without a lease
    await renew()
    await membership().leave()


async def test_who_leaves_gives_up_the_lease_and_the_relay(joined, elsewhere):
    assert await workers().alive(worker_id())
    await joined.leave()

    assert not await workers().alive(worker_id())
    assert elsewhere.heed is None
    assert relay() is elsewhere


async def test_a_frame_of_the_relay_that_fails_costs_itself_alone(
    friends, elsewhere, caplog
):
    live = await moved(elsewhere, friends[1])
    elsewhere.heed(ELSEWHERE, b"\xff")
    name = b64u_encode(live.id)
    frame = {"type": "typing", "conversation": name, "active": True}
    say(elsewhere, Kind.HEAR_TEXT, live, json.dumps(frame).encode())

    assert (await friends[0].expect("typing"))["active"] is True
    assert "could not be heeded: PassageError" in caplog.text
