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
from chat.domain.inputs import (
    Farewell,
    HandshakeDue,
    LeaveReason,
    LifeDue,
    Lost,
    WindowDue,
)
from chat.domain.state import Phase
from tests.unit.chat.talks import (
    START,
    A,
    B,
    half_recovered,
    later,
    leave,
    opened,
    parted,
    reached,
    resumed,
)

END = later(60)
RECEIPT = Receipt(started=START.unix, ended=END.unix)
HANDSHAKE = [Phase.COMMITTING, Phase.REVEALING, Phase.CONFIRMING]
CANCELS = tuple(CancelTimer(timer=timer) for timer in Timer)


def told(to, reason, farewell=None):
    return TellEnded(to=to, reason=reason, receipt=RECEIPT, farewell=farewell)


def finish(a, b, *, again=False, farewell=None):
    return Finish(
        may_meet_again=again,
        reasons={A: a, B: b},
        farewell=farewell,
        at=END.unix,
    )


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
        finish(EndReason.LEFT, EndReason.PARTNER_LEFT, again=again),
    )


def test_a_farewell_is_for_the_partner():
    effects = opened().receive(leave(farewell=Farewell.GOOD_CHAT), by=B, now=END)

    assert told(A, EndReason.PARTNER_LEFT, Farewell.GOOD_CHAT) in effects
    assert told(B, EndReason.LEFT) in effects
    assert effects[-1] == finish(
        EndReason.PARTNER_LEFT, EndReason.LEFT, farewell=Farewell.GOOD_CHAT
    )


def test_a_failed_check_is_told_to_both_as_what_it_is():
    effects = opened().receive(leave(LeaveReason.INTEGRITY), by=A, now=END)

    assert effects == (
        *CANCELS,
        told(A, EndReason.INTEGRITY),
        told(B, EndReason.INTEGRITY),
        finish(EndReason.INTEGRITY, EndReason.INTEGRITY),
    )


@pytest.mark.parametrize("phase", HANDSHAKE)
def test_who_is_lost_in_the_handshake_is_told_nothing(phase):
    assert reached(phase).receive(Lost(), by=A, now=END) == (
        *CANCELS,
        told(B, EndReason.PARTNER_LOST),
        finish(EndReason.PARTNER_LOST, EndReason.PARTNER_LOST),
    )


@pytest.mark.parametrize("phase", HANDSHAKE)
def test_who_is_replaced_in_the_handshake_hears_on_the_newer_socket(phase):
    assert reached(phase).receive(resumed(slot=99), by=B, now=END) == (
        *CANCELS,
        told(B, EndReason.PARTNER_LOST),
        told(A, EndReason.PARTNER_LOST),
        finish(EndReason.PARTNER_LOST, EndReason.PARTNER_LOST),
    )


@pytest.mark.parametrize("phase", HANDSHAKE)
def test_before_it_is_open_no_window_runs(phase):
    assert reached(phase).receive(WindowDue(), by=A, now=END) == ()


def test_who_is_away_learns_the_reason_when_it_comes_back():
    """It is told nothing now, and the reason is kept for it."""
    effects = parted(B).receive(leave(farewell=Farewell.BRB), by=A, now=END)

    assert effects == (
        *CANCELS,
        told(A, EndReason.LEFT),
        finish(EndReason.LEFT, EndReason.PARTNER_LEFT, farewell=Farewell.BRB),
    )


def test_who_is_away_may_leave_by_another_socket():
    effects = parted(B).receive(leave(LeaveReason.NEXT), by=B, now=END)

    assert effects == (
        *CANCELS,
        told(A, EndReason.PARTNER_LEFT),
        finish(EndReason.PARTNER_LEFT, EndReason.LEFT, again=True),
    )


def test_leaving_is_possible_while_both_are_awaited():
    talk = half_recovered()

    assert talk.receive(leave(), by=A, now=END) == (
        *CANCELS,
        told(A, EndReason.LEFT),
        finish(EndReason.LEFT, EndReason.PARTNER_LEFT),
    )


@pytest.mark.parametrize("phase", HANDSHAKE)
def test_a_handshake_that_takes_too_long_ends(phase):
    effects = reached(phase).receive(HandshakeDue(), now=END)

    assert effects == (
        *CANCELS,
        told(A, EndReason.INTEGRITY),
        told(B, EndReason.INTEGRITY),
        finish(EndReason.INTEGRITY, EndReason.INTEGRITY),
    )


def test_a_handshake_that_is_done_is_in_time():
    assert opened().receive(HandshakeDue(), now=END) == ()


def test_a_life_has_an_end():
    effects = opened().receive(LifeDue(), now=END)

    assert effects == (
        *CANCELS,
        told(A, EndReason.EXPIRED),
        told(B, EndReason.EXPIRED),
        finish(EndReason.EXPIRED, EndReason.EXPIRED),
    )


@pytest.mark.parametrize("said", [leave(), Lost(), resumed(), WindowDue()])
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

    assert effects[len(CANCELS)].receipt == Receipt(
        started=START.unix, ended=START.unix - 5
    )
