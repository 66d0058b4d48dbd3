"""The handshake: three parts from each side, in order and in time."""

import pytest

from chat.domain.codes import Code
from chat.domain.effects import (
    CancelTimer,
    Pass,
    Refuse,
    Save,
    SetTimer,
    ShowLadder,
    Timer,
)
from chat.domain.handshake import NO_CALLS
from chat.domain.ladder import LadderState, Step
from chat.domain.state import Phase
from common.vocabulary import Mode
from tests.unit.chat.talks import (
    START,
    A,
    B,
    commit,
    confirm,
    conversation,
    reached,
    reveal,
)

PARTS = [
    (Phase.COMMITTING, commit),
    (Phase.REVEALING, reveal),
    (Phase.CONFIRMING, confirm),
]


@pytest.mark.parametrize(("phase", "part"), PARTS)
def test_the_first_part_is_passed_on_at_once(phase, part):
    talk = reached(phase)

    assert talk.receive(part(), by=B, now=START) == (Pass(to=A, said=part()),)
    assert talk.state.phase is phase


@pytest.mark.parametrize(("phase", "part"), PARTS[:2])
def test_the_second_part_opens_the_next_phase_with_its_own_deadline(phase, part):
    talk = reached(phase)
    talk.receive(part(), by=A, now=START)

    assert talk.receive(part(), by=B, now=START) == (
        Pass(to=A, said=part()),
        SetTimer(timer=Timer.HANDSHAKE, seconds=5.0),
    )
    assert talk.state.phase is not phase


def test_the_second_confirmation_opens_the_conversation():
    talk = reached(Phase.CONFIRMING)
    talk.receive(confirm(), by=A, now=START)

    assert talk.receive(confirm(), by=B, now=START) == (
        Pass(to=A, said=confirm()),
        CancelTimer(timer=Timer.HANDSHAKE),
        Save(),
    )
    assert talk.state.phase is Phase.OPEN


@pytest.mark.parametrize(("phase", "part"), PARTS)
def test_each_side_does_each_part_once(phase, part):
    talk = reached(phase)
    talk.receive(part(), by=A, now=START)

    assert talk.receive(part(), by=A, now=START) == (
        Refuse(to=A, code=Code.NOT_ALLOWED),
    )


def test_nobody_reveals_before_both_have_committed():
    talk = conversation()
    talk.receive(commit(), by=A, now=START)

    for role in (A, B):
        assert talk.receive(reveal(), by=role, now=START) == (
            Refuse(to=role, code=Code.NOT_ALLOWED),
        )


def test_a_zero_fingerprint_keeps_everyone_at_text():
    talk = reached(Phase.REVEALING, Mode.VIDEO)
    effects = talk.receive(reveal(NO_CALLS), by=A, now=START)
    lowered = LadderState(step=Step.TEXT, max=Step.TEXT, version=2)

    assert effects == (
        Pass(to=B, said=reveal(NO_CALLS)),
        CancelTimer(timer=Timer.PROPOSAL),
        ShowLadder(to=A, state=lowered),
        ShowLadder(to=B, state=lowered),
    )
    assert talk.state.ladder == lowered


def test_the_second_zero_fingerprint_changes_nothing_more():
    talk = reached(Phase.REVEALING, Mode.VOICE)
    talk.receive(reveal(NO_CALLS), by=A, now=START)
    effects = talk.receive(reveal(NO_CALLS), by=B, now=START)

    assert not [each for each in effects if isinstance(each, ShowLadder)]
    assert talk.state.ladder.version == 2


def test_a_refused_reveal_lowers_nothing():
    talk = reached(Phase.REVEALING, Mode.VIDEO)
    talk.receive(reveal(), by=A, now=START)
    talk.receive(reveal(NO_CALLS), by=A, now=START)

    assert talk.state.ladder.max is Step.CLEAR
