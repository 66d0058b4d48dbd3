"""A socket of another process, as a home sees it: each call becomes one passage."""

import json

import pytest

from chat.close_codes import CloseCode
from chat.domain.codes import Code
from chat.domain.inputs import Typing
from chat.domain.passage import Kind
from chat.far import FarConnection
from chat.protocol.server import QueueLeft
from chat.seats import FarSeat, LocalSeat
from common.ids import WorkerId, new_conversation_id
from tests.edge.chat.elsewhere import ELSEWHERE, stand_in
from trust.domain.franking import Role

HERE, THERE = new_conversation_id(), new_conversation_id()


@pytest.fixture
def elsewhere(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def far(elsewhere):
    return FarConnection(ELSEWHERE, 7, HERE, 3)


class Live:
    id = THERE


@pytest.mark.parametrize(
    ("call", "kind", "payload"),
    [
        (lambda far: far.tell(QueueLeft()), Kind.GIVE_TEXT, b'{"type":"queue.left"}'),
        (lambda far: far.give("{}"), Kind.GIVE_TEXT, b"{}"),
        (lambda far: far.give(b"\x13"), Kind.GIVE_RECORD, b"\x13"),
        (lambda far: far.let_go(HERE), Kind.LET_GO, b""),
        (lambda far: far.uninvite(), Kind.UNINVITE, b""),
        (lambda far: far.close(CloseCode.MOVED), Kind.CLOSE, b"\x03\xf4"),
    ],
)
def test_each_call_becomes_one_passage(far, elsewhere, call, kind, payload):
    call(far)

    assert elsewhere.sent == [(kind, 7, HERE, payload)]


@pytest.mark.parametrize(
    ("code", "kind"),
    [(Code.BAD_FRAME, Kind.REFUSE), (Code.WINDOW_FULL, Kind.GIVE_TEXT)],
)
def test_only_what_is_malformed_counts_as_such(far, elsewhere, code, kind):
    far.refuse(code, seq=4, expected=2)
    [said] = elsewhere.sent

    assert said.kind is kind
    assert json.loads(said.payload).items() >= {"code": code, "seq": 4}.items()


def test_a_seat_names_its_own_conversation(far, elsewhere):
    far.sit(LocalSeat(Live(), Role.A))
    far.at(THERE).let_go(THERE)

    assert [each.conversation for each in elsewhere.sent] == [THERE, THERE]
    assert (far.idle, far.at(THERE).next_slot()) == (True, 3)


def test_it_is_the_same_socket_in_whatever_conversation(far):
    assert far == FarConnection(ELSEWHERE, 7, THERE, 9)
    assert far != FarConnection(ELSEWHERE, 8, HERE, 3)
    assert far != FarConnection(WorkerId("a" * 16), 7, HERE, 3)


def test_a_far_seat_sends_what_is_said_as_it_came(elsewhere):
    seat = FarSeat(ELSEWHERE, HERE, 7)
    seat.hear_frame(Typing(active=True), '{"typing"}', "x1")
    seat.hear_records([], b"\x02\x00\x02\x00\x01")
    seat.lose(None)

    assert elsewhere.sent == [
        (Kind.HEAR_TEXT, 7, HERE, b'{"typing"}'),
        (Kind.HEAR_RECORD, 7, HERE, b"\x02\x00\x02\x00\x01"),
        (Kind.LOST, 7, HERE, b""),
    ]
