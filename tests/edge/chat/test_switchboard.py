"""Two processes talk about a conversation; the other one is played by the test."""

import asyncio
import json
from dataclasses import replace

import pytest

from chat.connections import registry
from chat.domain import passage
from chat.domain.passage import Kind, Place
from chat.domain.records import split
from chat.domain.state import Phase
from chat.invitations import invitations
from chat.live import conversations
from chat.lobby import lobby
from chat.standing import standing
from chat.switchboard import heed
from common import clock
from common.encoding import b64u_decode, b64u_encode
from common.events import publish
from common.ids import TicketId, new_conversation_id, new_visitor_id
from common.vocabulary import Mode
from common.worker import worker_id
from matching.domain.ticket import Ticket
from matching.events import PairFound
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import ack_record, message_record, turns
from tests.edge.chat.elsewhere import ELSEWHERE, stand_in
from trust.domain.franking import Role

FAR_SOCKET, FAR_SLOT = 77, 3


@pytest.fixture
def elsewhere(monkeypatch):
    return stand_in(monkeypatch)


def far_ticket(**more):
    who = new_visitor_id()
    return Ticket(
        id=TicketId("far"),
        owner=ELSEWHERE,
        visitor=who,
        person=who,
        mode=Mode.TEXT,
        since=clock.unix(),
        **more,
    )


async def waiting(people):
    """Someone of this process waits; gives them and their ticket."""
    ana = await people()
    ana.join(regions=["eu"])
    await ana.expect("queue.waiting")
    await turns()
    [mine] = lobby()._waiting.values()
    return ana, mine.ticket


def accept(elsewhere, *, badges=(), slot=FAR_SLOT):
    conversation = elsewhere.last(Kind.INVITE).conversation
    elsewhere.say(
        Kind.ACCEPT,
        socket=FAR_SOCKET,
        conversation=conversation,
        payload=passage.write_number(slot) + json.dumps(badges).encode(),
    )
    return conversation


# --- this process is the home ---------------------------------------------------


@pytest.fixture
async def hosting(people, elsewhere):
    """A conversation at home here, whose other side sits elsewhere; done shaking."""
    ana, ticket = await waiting(people)
    publish(PairFound(first=ticket, second=far_ticket(), at=clock.unix()))
    conversation = accept(elsewhere, badges=["crown"])
    await ana.match()
    for part in (
        {"type": "e2e.commit", "commitment": b64u_encode(b"\x01" * 32)},
        reveal_frame(),
        {"type": "e2e.confirm", "mac": b64u_encode(b"\x0a" * 32)},
    ):
        getattr(ana, part["type"].removeprefix("e2e."))()
        await ana.settle()
        hear_text(elsewhere, conversation, part)
    await ana.expect("e2e.confirm")
    return ana, conversation


def reveal_frame():
    return {
        "type": "e2e.reveal",
        "suites": b64u_encode(b"\x01\x02"),
        "suite": 1,
        "public_key": b64u_encode(b"\x08" * 32),
        "fingerprint": b64u_encode(b"\x06" * 32),
        "random": b64u_encode(b"\x09" * 32),
    }


def hear_text(elsewhere, conversation, frame, *, socket=FAR_SOCKET):
    frame = {"conversation": b64u_encode(conversation), **frame}
    payload = json.dumps(frame).encode()
    elsewhere.say(
        Kind.HEAR_TEXT, socket=socket, conversation=conversation, payload=payload
    )


def hear_record(elsewhere, conversation, record, *, socket=FAR_SOCKET):
    elsewhere.say(
        Kind.HEAR_RECORD, socket=socket, conversation=conversation, payload=record
    )


async def test_a_pair_across_processes_meets(people, elsewhere):
    ana, ticket = await waiting(people)
    publish(PairFound(first=ticket, second=far_ticket(), at=clock.unix()))
    invited = elsewhere.last(Kind.INVITE)
    assert invited.payload == b"far"
    accept(elsewhere, badges=["crown"])
    near = await ana.match()
    far = json.loads(elsewhere.texts()[0])

    assert b64u_decode(near["conversation"]) == invited.conversation
    assert far["conversation"] == near["conversation"]
    assert {near["role"], far["role"]} == {"A", "B"}
    assert (near["slot"], far["slot"]) == (1, FAR_SLOT)
    assert near["partner"]["badges"] == ["crown"]
    assert near["partner"]["handle"] == far["handle"]


async def test_a_pair_found_with_nobody_here_invites_nobody(elsewhere):
    gone = replace(far_ticket(), owner=worker_id())
    publish(PairFound(first=gone, second=far_ticket(), at=clock.unix()))

    assert [(each.kind, each.payload) for each in elsewhere.sent] == [
        (Kind.NOBODY_COMES, b"far")
    ]


@pytest.mark.parametrize("answer", [Kind.DECLINE, None])
async def test_who_is_not_accepted_waits_on(people, elsewhere, answer, monkeypatch):
    monkeypatch.setattr("chat.invitations.ANSWER_SECONDS", 0.02)
    ana, ticket = await waiting(people)
    publish(PairFound(first=ticket, second=far_ticket(), at=clock.unix()))
    if answer is not None:
        elsewhere.say(answer, conversation=elsewhere.last(Kind.INVITE).conversation)
    await asyncio.sleep(0.05)
    [again] = lobby()._waiting.values()

    assert again.ticket.since == ticket.since
    assert again.ticket.id != ticket.id
    assert ana.of_type("conversation.matched") == []


async def test_who_left_meanwhile_is_not_matched(people, elsewhere):
    ana, ticket = await waiting(people)
    publish(PairFound(first=ticket, second=far_ticket(), at=clock.unix()))
    ana.send("queue.leave")
    await ana.expect("queue.left")
    accept(elsewhere)
    await ana.settle()

    assert ana.of_type("conversation.matched") == []
    assert elsewhere.last(Kind.UNINVITE).socket == FAR_SOCKET
    assert conversations() == {}


async def test_messages_go_both_ways(hosting, elsewhere):
    ana, conversation = hosting
    hear_record(elsewhere, conversation, message_record(FAR_SLOT, 0))
    await ana.until(lambda: ana.taken(0x11))
    ana.acknowledge(1)
    ana.message(0)
    await ana.until(lambda: ana.taken(0x12))
    kinds = [split(each.payload)[0][0] for each in elsewhere.of(Kind.GIVE_RECORD)]

    assert kinds == [0x12, 0x13, 0x11]
    assert {each.socket for each in elsewhere.of(Kind.GIVE_RECORD)} == {FAR_SOCKET}


async def test_a_refusal_says_whether_it_counts_as_malformed(hosting, elsewhere):
    _, conversation = hosting
    hear_record(elsewhere, conversation, ack_record(FAR_SLOT, 9))
    hear_text(elsewhere, conversation, {"type": "ladder.decline", "step": "voice"})
    malformed = json.loads(elsewhere.last(Kind.REFUSE).payload)

    assert malformed["code"] == "bad_frame"
    assert json.loads(elsewhere.texts()[-1])["code"] == "not_allowed"


async def test_what_another_socket_says_has_no_effect(hosting, elsewhere):
    ana, conversation = hosting
    hear_record(elsewhere, conversation, message_record(FAR_SLOT, 0), socket=78)
    hear_text(elsewhere, conversation, {"type": "typing", "active": True}, socket=78)
    elsewhere.say(Kind.LOST, socket=78, conversation=conversation)
    await ana.settle()

    assert (ana.taken(0x11), ana.of_type("typing")) == ([], [])
    assert ana.of_type("partner.away") == []


async def test_a_far_socket_is_lost_and_resumes_on_another(hosting, elsewhere):
    ana, conversation = hosting
    elsewhere.say(Kind.LOST, socket=FAR_SOCKET, conversation=conversation)
    await ana.expect("partner.away")
    ana.message(0)
    await ana.until(lambda: ana.taken(0x12))
    [live] = conversations().values()
    far_role = next(role for role in Role if live.endpoint(role) is None)
    place = Place(role=far_role, slot=9, received=0)
    elsewhere.say(
        Kind.RESUME,
        socket=78,
        conversation=conversation,
        payload=passage.write_place(place),
    )
    await ana.expect("partner.back")
    resumed = json.loads(elsewhere.texts()[-1])
    ana.message(0)
    await ana.until(lambda: len(ana.taken(0x12)) == 2)

    assert (resumed["type"], resumed["slot"]) == ("conversation.resumed", 9)
    assert elsewhere.last(Kind.GIVE_RECORD).socket == 78


async def test_a_socket_that_resumes_twice_is_not_closed_for_itself(hosting, elsewhere):
    """The answer to its first try was lost with a restart of the store."""
    ana, conversation = hosting
    [live] = conversations().values()
    role = live.role_at(ELSEWHERE, FAR_SOCKET)
    for slot in (4, 5):
        place = passage.write_place(Place(role=role, slot=slot, received=0))
        elsewhere.say(Kind.RESUME, socket=78, conversation=conversation, payload=place)
    ana.message(0)
    await ana.until(lambda: ana.taken(0x12))

    assert [each.socket for each in elsewhere.of(Kind.CLOSE)] == [FAR_SOCKET]
    assert elsewhere.last(Kind.GIVE_RECORD).socket == 78
    assert json.loads(elsewhere.texts()[-1])["slot"] == 5


async def test_a_home_answers_at_once_also_before_both_are_back(hosting, elsewhere):
    _, conversation = hosting
    [live] = conversations().values()
    place = Place(role=live.role_at(ELSEWHERE, FAR_SOCKET), slot=4, received=0)
    live.core.state.phase = Phase.RECOVERING
    live.core.state.away = dict.fromkeys(Role, clock.monotonic() + 60)
    before = len(elsewhere.sent)
    elsewhere.say(
        Kind.RESUME,
        socket=78,
        conversation=conversation,
        payload=passage.write_place(place),
    )
    kinds = [(each.kind, each.socket) for each in elsewhere.sent[before:]]

    assert kinds[0] == (Kind.SEAT, 78)
    assert Kind.GIVE_TEXT not in dict(kinds)


async def test_who_asks_for_what_is_not_here_is_told_so(elsewhere):
    place = passage.write_place(Place(role=0, slot=1, received=0))
    conversation = elsewhere.say(Kind.RESUME, socket=5, payload=place)

    assert elsewhere.last(Kind.UNKNOWN)[:3] == (Kind.UNKNOWN, 5, conversation)


async def test_a_draining_home_gives_the_conversation_away(hosting, elsewhere):
    ana, conversation = hosting
    standing().draining = True
    place = passage.write_place(Place(role=0, slot=1, received=0))
    elsewhere.say(Kind.RESUME, socket=5, conversation=conversation, payload=place)

    assert json.loads(elsewhere.last(Kind.HAND_OVER).payload)["phase"] == "open"
    assert conversations() == {}
    assert await ana.closed() == 1012
    assert elsewhere.last(Kind.CLOSE).socket == FAR_SOCKET


async def test_another_socket_of_its_visitor_leaves(hosting, elsewhere):
    ana, conversation = hosting
    [live] = conversations().values()
    [role] = [each for each in Role if live.role_at(ELSEWHERE, FAR_SOCKET) is each]
    frame = {
        "type": "conversation.leave",
        "conversation": b64u_encode(conversation),
        "reason": "stop",
    }
    payload = bytes((role,)) + json.dumps(frame).encode()
    elsewhere.say(Kind.LEAVE_FOR, conversation=conversation, payload=payload)

    assert (await ana.expect("conversation.ended"))["reason"] == "partner_left"
    assert elsewhere.last(Kind.LET_GO).socket == FAR_SOCKET


async def test_two_who_parted_across_processes_meet_again(hosting, elsewhere):
    ana, conversation = hosting
    ana.say("conversation.leave", reason="next")
    await ana.expect("conversation.ended")
    ana.send("conversation.again", conversation=ana.conversation)
    await ana.settle()
    elsewhere.say(
        Kind.AGAIN,
        socket=FAR_SOCKET,
        conversation=conversation,
        payload=passage.write_number(4),
    )
    anew = await ana.match()
    seated = elsewhere.last(Kind.SEAT)

    assert anew["conversation"] == b64u_encode(seated.conversation)
    assert seated.conversation != conversation
    assert json.loads(elsewhere.texts()[-1])["slot"] == 4


# --- the home is elsewhere --------------------------------------------------------


@pytest.fixture
async def visiting(people, elsewhere):
    """A socket of this process in a conversation that is held elsewhere."""
    ana, ticket = await waiting(people)
    conversation = elsewhere.say(Kind.INVITE, payload=ticket.id.encode())
    await turns()
    ana.matched = {"conversation": b64u_encode(conversation), "slot": 1}
    return ana, conversation


def number_of(ana):
    [connection] = registry().of(ana.claims.visitor_id)
    return connection.number


def give_matched(elsewhere, ana, conversation):
    frame = {"type": "conversation.matched", "conversation": ana.conversation}
    elsewhere.say(
        Kind.GIVE_TEXT,
        socket=number_of(ana),
        conversation=conversation,
        payload=json.dumps(frame).encode(),
    )


async def test_an_invited_socket_is_seated(visiting, elsewhere):
    ana, conversation = visiting
    accepted = elsewhere.last(Kind.ACCEPT)
    give_matched(elsewhere, ana, conversation)

    assert accepted.socket == number_of(ana)
    assert passage.read_number(accepted.payload) == (1, b"[]")
    assert (await ana.expect("conversation.matched"))["conversation"]


async def test_nobody_is_invited_who_is_not_here(elsewhere):
    conversation = elsewhere.say(Kind.INVITE, payload=b"unknown")

    assert elsewhere.last(Kind.DECLINE).conversation == conversation


async def test_what_the_client_says_goes_to_the_home(visiting, elsewhere):
    ana, conversation = visiting
    record = message_record(1, 0)
    ana.raw(record + record)
    ana.say("typing", active=True, id="x1")
    await ana.settle()
    heard = elsewhere.last(Kind.HEAR_TEXT)

    assert [each.payload for each in elsewhere.of(Kind.HEAR_RECORD)] == [2 * record]
    assert json.loads(heard.payload)["id"] == "x1"
    assert heard.conversation == conversation


async def test_what_the_home_says_goes_to_the_client(visiting, elsewhere):
    ana, conversation = visiting
    for _ in range(2):
        elsewhere.say(
            Kind.GIVE_RECORD,
            socket=number_of(ana),
            conversation=conversation,
            payload=b"\x13\x00\x0a" + bytes(10),
        )
    await ana.until(lambda: len(ana.taken(0x13)) == 2)

    assert ana.of_type("error") == []


async def test_nothing_of_another_conversation_or_home_gets_through(
    visiting, elsewhere
):
    ana, conversation = visiting
    frame = b'{"type":"notice"}'
    elsewhere.say(Kind.GIVE_TEXT, socket=number_of(ana), payload=frame)
    elsewhere.say(
        Kind.GIVE_TEXT, socket=999_999, conversation=conversation, payload=frame
    )
    other = passage.write(Kind.GIVE_TEXT, number_of(ana), conversation, frame)
    heed("a" * 16, other)
    await ana.settle()

    assert ana.of_type("notice") == []


async def test_a_home_that_refuses_for_the_twentieth_time_closes(visiting, elsewhere):
    ana, conversation = visiting
    for _ in range(20):
        elsewhere.say(
            Kind.REFUSE,
            socket=number_of(ana),
            conversation=conversation,
            payload=b'{"type":"error","code":"bad_frame"}',
        )

    assert await ana.closed() == 4400
    assert elsewhere.last(Kind.LOST).conversation == conversation


async def test_the_home_lets_go_and_the_socket_is_idle(visiting, elsewhere):
    ana, conversation = visiting
    give_matched(elsewhere, ana, conversation)
    elsewhere.say(Kind.LET_GO, socket=number_of(ana), conversation=conversation)
    ana.join(regions=["eu"])
    await ana.expect("queue.waiting")
    ana.send("queue.leave")
    await ana.expect("queue.left")
    ana.send("conversation.again", conversation=ana.conversation)
    await ana.settle()
    wish = elsewhere.last(Kind.AGAIN)

    assert (wish.conversation, passage.read_number(wish.payload)[0]) == (
        conversation,
        2,
    )
    ana.join(regions=["eu"])
    await turns()
    anew = elsewhere.say(Kind.SEAT, socket=number_of(ana))
    await turns()
    assert lobby()._waiting == {}
    elsewhere.say(Kind.CLOSE, socket=number_of(ana), payload=passage.write_number(4409))
    assert await ana.closed() == 4409
    assert elsewhere.last(Kind.LOST).conversation == anew


async def test_a_reunion_with_who_is_busy_is_lost(visiting, elsewhere):
    ana, _ = visiting
    other = elsewhere.say(Kind.SEAT, socket=number_of(ana))

    assert elsewhere.last(Kind.LOST).conversation == other


async def test_who_was_matched_with_one_who_left_waits_on(people, elsewhere):
    _, ticket = await waiting(people)
    elsewhere.say(Kind.NOBODY_COMES, payload=ticket.id.encode())
    await turns()
    [again] = lobby()._waiting.values()

    assert again.ticket.since == ticket.since
    assert again.ticket.id != ticket.id


async def test_who_is_uninvited_waits_on(visiting, elsewhere):
    ana, conversation = visiting
    elsewhere.say(Kind.UNINVITE, socket=number_of(ana), conversation=conversation)
    await turns()

    assert [each.connection.number for each in lobby()._waiting.values()] == [
        number_of(ana)
    ]


async def test_who_leaves_the_queue_while_invited_is_not_matched(visiting, elsewhere):
    ana, conversation = visiting
    ana.send("queue.leave")
    await ana.expect("queue.left")
    elsewhere.say(Kind.SEAT, socket=number_of(ana), conversation=conversation)
    give_matched(elsewhere, ana, conversation)
    await ana.settle()

    assert [each.conversation for each in elsewhere.of(Kind.LOST)] == [conversation] * 2
    assert ana.of_type("conversation.matched") == []


async def test_an_erased_visitor_leaves_there_too(visiting, elsewhere):
    from chat.control import _heed

    ana, conversation = visiting
    _heed({"type": "visitor.erased", "visitor": ana.claims.visitor_id.hex})
    left = json.loads(elsewhere.last(Kind.HEAR_TEXT).payload)

    assert (left["type"], left["reason"]) == ("conversation.leave", "stop")
    assert b64u_decode(left["conversation"]) == conversation


# --- nonsense -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff" * 40,
        passage.write(Kind.RESUME, 1, new_conversation_id(), b"\x00"),
        passage.write(Kind.ACCEPT, 1, new_conversation_id(), b"\x00\x01{"),
        passage.write(Kind.CLOSE, 1, new_conversation_id(), b""),
    ],
)
async def test_nonsense_of_another_process_is_logged_and_nothing_else(
    raw, elsewhere, caplog
):
    heed(ELSEWHERE, raw)

    assert elsewhere.sent == []
    assert [each.levelname for each in caplog.records] == ["ERROR"]


async def test_two_here_meet_as_ever(people, elsewhere):
    ana, bo = await matched(await people(), await people())

    assert elsewhere.sent == []
    assert ana.conversation == bo.conversation
    assert invitations()._sent == {}
