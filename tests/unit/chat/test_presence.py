"""Sides that are lost and come back, and what each is told."""

import pytest

from chat.domain import inputs as on
from chat.domain.codes import Code
from chat.domain.conversation import Conversation
from chat.domain.effects import (
    Acked,
    CancelTimer,
    Deliver,
    EndReason,
    Finish,
    Refuse,
    Save,
    SetTimer,
    ShowLadder,
    ShowResumed,
    Stamped,
    TellAway,
    TellBack,
    TellEnded,
    Timer,
)
from chat.domain.inputs import Lost, WindowDue
from chat.domain.ladder import LadderState, Step, entry
from chat.domain.state import Phase
from common.vocabulary import Mode
from tests.unit.chat.talks import (
    SLOTS,
    START,
    A,
    B,
    ack,
    half_recovered,
    later,
    message,
    opened,
    parted,
    recovering,
    resumed,
)

CANCEL_A, CANCEL_B = (
    CancelTimer(timer=timer) for timer in (Timer.WINDOW_A, Timer.WINDOW_B)
)
AT_TEXT = entry(Mode.TEXT, highest=Step.CLEAR)


def answer(to, slot, *, accepted=0, acked=0, partner_here=True, ladder=AT_TEXT):
    return ShowResumed(
        to=to,
        slot=slot,
        accepted=accepted,
        acked=acked,
        partner_here=partner_here,
        ladder=ladder,
    )


def spoken(of_a=3, heard=1) -> Conversation:
    """A has said some, of which B has acknowledged some."""
    talk = opened()
    for seq in range(of_a):
        talk.receive(message(seq), by=A, now=START)
    talk.receive(ack(heard), by=B, now=START)
    return talk


def ends(effects):
    return {each.to: each.reason for each in effects if isinstance(each, TellEnded)}


# --- lost ---------------------------------------------------------------------


@pytest.mark.parametrize(("by", "timer"), [(A, Timer.WINDOW_A), (B, Timer.WINDOW_B)])
def test_who_is_lost_is_awaited_and_the_partner_is_told(by, timer):
    talk = opened()

    assert talk.receive(Lost(), by=by, now=START) == (
        SetTimer(timer=timer, seconds=60.0),
        TellAway(to=by.other, grace_seconds=60.0),
    )
    assert talk.state.away == {by: START.steady + 60}
    assert talk.state.phase is Phase.OPEN


def test_who_is_lost_twice_has_one_window():
    talk = parted(B)

    assert talk.receive(Lost(), by=B, now=later(30)) == ()
    assert talk.state.away == {B: START.steady + 60}


def test_both_may_be_lost_each_with_a_window():
    talk = parted(B)

    assert talk.receive(Lost(), by=A, now=later(30)) == (
        SetTimer(timer=Timer.WINDOW_A, seconds=60.0),
    )
    assert talk.state.away == {A: START.steady + 90, B: START.steady + 60}


@pytest.mark.parametrize("asker", [A, B])
def test_a_loss_closes_an_open_question(asker):
    talk = opened()
    talk.receive(on.Propose(step=Step.VOICE), by=asker, now=START)
    closed = LadderState(step=Step.TEXT, max=Step.CLEAR, version=3)

    assert talk.receive(Lost(), by=B, now=START) == (
        SetTimer(timer=Timer.WINDOW_B, seconds=60.0),
        TellAway(to=A, grace_seconds=60.0),
        CancelTimer(timer=Timer.PROPOSAL),
        ShowLadder(to=A, state=closed),
        Save(),
    )


# --- resumed ------------------------------------------------------------------


def test_who_comes_back_learns_where_it_stands_and_the_partner_that_it_is_back():
    talk = spoken()
    talk.receive(Lost(), by=B, now=START)

    assert talk.receive(resumed(2, by=B, slot=12), by=B, now=later(59)) == (
        CANCEL_B,
        answer(B, 12),
        Acked(to=A, slot=SLOTS[A], next=2),
        TellBack(to=A),
    )
    assert talk.state.away == {}


def test_who_comes_back_learns_what_of_its_own_arrived():
    talk = spoken()
    talk.receive(Lost(), by=A, now=START)
    [_, shown, *_] = talk.receive(resumed(slot=12), by=A, now=START)

    assert shown == answer(A, 12, accepted=3, acked=1)


def test_who_comes_back_to_nobody_is_told_so():
    talk = parted(B)
    talk.receive(Lost(), by=A, now=START)

    assert talk.receive(resumed(slot=12), by=A, now=START) == (
        CANCEL_A,
        answer(A, 12, partner_here=False),
    )
    assert set(talk.state.away) == {B}


def test_a_newer_socket_replaces_one_that_seemed_to_be_there():
    talk = spoken()
    effects = talk.receive(resumed(3, by=B, slot=12), by=B, now=START)

    assert TellBack(to=A) in effects
    assert talk.receive(ack(3), by=B, now=START) == ()
    assert talk.state.sides[B].slot == 12


def test_a_resume_closes_an_open_question_for_both():
    """The newer socket was never shown it."""
    talk = opened()
    talk.receive(on.Propose(step=Step.VOICE), by=A, now=START)
    closed = LadderState(step=Step.TEXT, max=Step.CLEAR, version=3)

    assert talk.receive(resumed(by=B, slot=12), by=B, now=START) == (
        CANCEL_B,
        answer(B, 12, ladder=closed),
        Acked(to=A, slot=SLOTS[A], next=0),
        TellBack(to=A),
        CancelTimer(timer=Timer.PROPOSAL),
        ShowLadder(to=A, state=closed),
        ShowLadder(to=B, state=closed),
        Save(),
    )


def test_the_ladder_that_is_shown_is_the_one_that_stands_now():
    talk = parted(B, Mode.VIDEO)
    talk.receive(on.StepDown(step=Step.TEXT), by=A, now=START)
    [_, shown, *_] = talk.receive(resumed(by=B), by=B, now=START)

    assert shown.ladder == LadderState(step=Step.TEXT, max=Step.CLEAR, version=2)


@pytest.mark.parametrize("received", [0, 4, 2**64 - 1])
@pytest.mark.parametrize("away", [True, False])
def test_what_cannot_have_been_received_ends_it_for_both(received, away):
    talk = spoken()
    if away:
        talk.receive(Lost(), by=B, now=START)
    effects = talk.receive(resumed(received, by=B, slot=12), by=B, now=START)

    assert ends(effects) == {A: EndReason.INTEGRITY, B: EndReason.INTEGRITY}
    assert talk.state.phase is Phase.ENDED


# --- the window -----------------------------------------------------------------


@pytest.mark.parametrize("away", [A, B])
def test_who_does_not_come_back_ends_it(away):
    talk = parted(away)
    effects = talk.receive(WindowDue(), by=away, now=later(60))

    assert ends(effects) == {away.other: EndReason.PARTNER_LOST}
    assert effects[-1] == Finish(
        may_meet_again=False,
        reasons={away: EndReason.EXPIRED, away.other: EndReason.PARTNER_LOST},
        farewell=None,
        at=later(60).unix,
    )


def test_the_first_window_to_run_out_decides_for_both():
    talk = parted(B)
    talk.receive(Lost(), by=A, now=later(30))
    effects = talk.receive(WindowDue(), by=B, now=later(60))

    assert ends(effects) == {}
    assert effects[-1].reasons == {A: EndReason.PARTNER_LOST, B: EndReason.EXPIRED}


def test_a_window_that_crossed_the_return_does_nothing():
    talk = parted(B)
    talk.receive(resumed(by=B), by=B, now=later(60))

    assert talk.receive(WindowDue(), by=B, now=later(60)) == ()
    assert talk.state.phase is Phase.OPEN


# --- when the process died that held it -------------------------------------------


def test_the_first_to_say_what_it_has_waits_for_the_other():
    talk = recovering()

    assert talk.receive(resumed(5), by=A, now=START) == (CANCEL_A,)
    assert talk.state.phase is Phase.RECOVERING
    assert set(talk.state.away) == {B}


def test_once_both_have_said_it_both_directions_go_on_from_there():
    talk = recovering()
    talk.receive(resumed(5, slot=11), by=A, now=START)
    effects = talk.receive(resumed(3, by=B, slot=12), by=B, now=later(1))

    assert effects == (
        CANCEL_B,
        answer(A, 11, accepted=3, acked=3, ladder=talk.state.ladder),
        answer(B, 12, accepted=5, acked=5, ladder=talk.state.ladder),
    )
    assert talk.state.phase is Phase.OPEN
    assert talk.state.claimed == {}


def test_then_messages_pass_from_where_the_receiver_stands():
    talk = recovering()
    talk.receive(resumed(5), by=A, now=START)
    talk.receive(resumed(3, by=B), by=B, now=START)
    delivered, stamped = talk.receive(message(3), by=A, now=START)

    assert isinstance(delivered, Deliver)
    assert isinstance(stamped, Stamped)
    assert (delivered.seq, stamped.seq) == (3, 3)


def test_the_newest_word_of_a_side_counts():
    talk = recovering()
    talk.receive(resumed(5, slot=11), by=A, now=START)
    talk.receive(resumed(6, slot=13), by=A, now=START)
    [_, first, second] = talk.receive(resumed(by=B), by=B, now=START)

    assert (first.slot, second.accepted) == (13, 6)


def test_who_is_lost_again_is_awaited_again_and_nobody_is_told():
    talk = half_recovered()

    assert talk.receive(Lost(), by=A, now=later(50)) == (
        SetTimer(timer=Timer.WINDOW_A, seconds=60.0),
    )
    assert talk.state.away == {A: START.steady + 110, B: START.steady + 60}
    assert talk.receive(resumed(by=B), by=B, now=later(55)) == (CANCEL_B,)
    assert talk.state.phase is Phase.RECOVERING


def test_who_never_comes_back_ends_it_for_the_one_who_did():
    talk = half_recovered()
    effects = talk.receive(WindowDue(), by=B, now=later(60))

    assert ends(effects) == {A: EndReason.PARTNER_LOST}
    assert effects[-1].reasons == {A: EndReason.PARTNER_LOST, B: EndReason.EXPIRED}


def test_before_the_answer_to_resume_frames_are_refused_and_records_dropped():
    talk = half_recovered()

    assert talk.receive(on.Typing(active=True), by=A, now=START) == (
        Refuse(to=A, code=Code.NOT_ALLOWED),
    )
    assert talk.receive(message(), by=A, now=START) == ()
    assert talk.receive(ack(0, by=A), by=A, now=START) == ()
