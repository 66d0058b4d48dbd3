"""Ends: the reason for each side, once, and nothing after that."""

import pytest

from chat.domain import inputs as on
from chat.domain.codes import Code
from chat.domain.effects import (
    CancelTimer,
    EndReason,
    Finish,
    Receipt,
    Refuse,
    TellEnded,
    Timer,
)
from chat.domain.inputs import Farewell, HandshakeDue, LeaveReason, LifeDue, Lost
from chat.domain.state import Phase
from tests.unit.chat.talks import START, A, B, later, leave, opened, reached

END = later(60)
RECEIPT = Receipt(started=START.unix, ended=END.unix)
CANCELS = tuple(CancelTimer(timer=timer) for timer in Timer)


def told(to, reason, farewell=None):
    return TellEnded(to=to, reason=reason, receipt=RECEIPT, farewell=farewell)


@pytest.mark.parametrize(
    ("reason", "again"),
    [(LeaveReason.NEXT, True), (LeaveReason.STOP, False), (LeaveReason.REPORT, False)],
)
def test_the_partner_is_not_told_why_someone_leaves(reason, again):
    effects = opened().receive(leave(reason), by=A, now=END)

    assert effects == (
        *CANCELS,
        told(A, EndReason.LEFT),
        told(B, EndReason.PARTNER_LEFT),
        Finish(may_meet_again=again),
    )


def test_a_farewell_is_for_the_partner():
    effects = opened().receive(leave(farewell=Farewell.GOOD_CHAT), by=B, now=END)

    assert told(A, EndReason.PARTNER_LEFT, Farewell.GOOD_CHAT) in effects
    assert told(B, EndReason.LEFT) in effects


def test_a_failed_check_is_told_to_both_as_what_it_is():
    effects = opened().receive(leave(LeaveReason.INTEGRITY), by=A, now=END)

    assert effects == (
        *CANCELS,
        told(A, EndReason.INTEGRITY),
        told(B, EndReason.INTEGRITY),
        Finish(may_meet_again=False),
    )


def test_who_is_lost_is_told_nothing():
    assert opened().receive(Lost(), by=A, now=END) == (
        *CANCELS,
        told(B, EndReason.PARTNER_LOST),
        Finish(may_meet_again=False),
    )


@pytest.mark.parametrize("phase", [Phase.COMMITTING, Phase.REVEALING, Phase.CONFIRMING])
def test_a_handshake_that_takes_too_long_ends(phase):
    effects = reached(phase).receive(HandshakeDue(), now=END)

    assert effects[3:] == (
        told(A, EndReason.INTEGRITY),
        told(B, EndReason.INTEGRITY),
        Finish(may_meet_again=False),
    )


def test_a_handshake_that_is_done_is_in_time():
    assert opened().receive(HandshakeDue(), now=END) == ()


def test_a_life_has_an_end():
    effects = opened().receive(LifeDue(), now=END)

    assert effects[3:5] == (told(A, EndReason.EXPIRED), told(B, EndReason.EXPIRED))


@pytest.mark.parametrize("said", [leave(), Lost()])
@pytest.mark.parametrize("by", [A, B])
def test_after_the_end_leaving_is_nothing_new(said, by):
    assert reached(Phase.ENDED).receive(said, by=by, now=END) == ()


def test_after_the_end_frames_are_about_no_conversation():
    assert reached(Phase.ENDED).receive(on.Typing(active=True), by=A, now=END) == (
        Refuse(to=A, code=Code.NOT_IN_CONVERSATION),
    )


def test_a_receipt_tells_the_time_of_the_host_even_if_it_jumped_back():
    before = START._replace(unix=START.unix - 5)
    effects = opened().receive(leave(), by=A, now=before)

    assert effects[3].receipt == Receipt(started=START.unix, ended=START.unix - 5)
