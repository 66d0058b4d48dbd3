"""The consent ladder: two to go up, one to go down."""

import pytest

from chat.domain import ladder
from chat.domain.ladder import STEP_OF_WORD, LadderState, Proposal, Step
from common.vocabulary import Mode
from trust.domain.franking import Role

A, B = Role.A, Role.B
TEXT = LadderState(step=Step.TEXT, max=Step.CLEAR, version=4)


def asked(step=Step.VOICE, by=A) -> LadderState:
    state = ladder.propose(TEXT, by=by, step=step, closes_at=30.0)
    assert state is not None
    return state


def test_the_steps_in_order():
    assert [step.word for step in sorted(Step)] == ["text", "voice", "blurred", "clear"]
    assert STEP_OF_WORD["blurred"] is Step.BLURRED


@pytest.mark.parametrize(
    ("mode", "step"),
    [(Mode.TEXT, Step.TEXT), (Mode.VOICE, Step.VOICE), (Mode.VIDEO, Step.BLURRED)],
)
def test_the_mode_is_the_consent_to_its_first_step(mode, step):
    assert ladder.entry(mode, highest=Step.CLEAR).step is step


def test_the_first_step_is_never_above_the_highest():
    state = ladder.entry(Mode.VIDEO, highest=Step.TEXT)

    assert (state.step, state.max) == (Step.TEXT, Step.TEXT)


def test_asking_opens_a_proposal_and_changes_nothing_else():
    assert asked() == LadderState(
        step=Step.TEXT,
        max=Step.CLEAR,
        version=5,
        proposal=Proposal(step=Step.VOICE, by=A, closes_at=30.0),
    )


def test_one_may_ask_for_more_than_one_step():
    assert asked(Step.CLEAR).proposal.step is Step.CLEAR


@pytest.mark.parametrize("step", [Step.TEXT, Step.VOICE])
def test_nobody_asks_for_where_they_are_or_below(step):
    voice = LadderState(step=Step.VOICE, max=Step.CLEAR, version=1)

    assert ladder.propose(voice, by=A, step=step, closes_at=1.0) is None


def test_nobody_asks_above_the_highest():
    low = LadderState(step=Step.TEXT, max=Step.VOICE, version=1)

    assert ladder.propose(low, by=A, step=Step.BLURRED, closes_at=1.0) is None


@pytest.mark.parametrize(
    ("by", "step"), [(A, Step.VOICE), (A, Step.CLEAR), (B, Step.CLEAR)]
)
def test_a_second_proposal_is_not_opened(by, step):
    assert ladder.propose(asked(), by=by, step=step, closes_at=1.0) is None


def test_asking_for_what_the_partner_asks_accepts_it():
    assert ladder.propose(asked(), by=B, step=Step.VOICE, closes_at=1.0) == LadderState(
        step=Step.VOICE, max=Step.CLEAR, version=6
    )


def test_the_partner_accepts():
    state = ladder.accept(asked(), by=B, step=Step.VOICE)

    assert state == LadderState(step=Step.VOICE, max=Step.CLEAR, version=6)


@pytest.mark.parametrize("answer", [ladder.accept, ladder.decline])
@pytest.mark.parametrize(("by", "step"), [(A, Step.VOICE), (B, Step.CLEAR)])
def test_only_the_partner_answers_and_only_that_step(answer, by, step):
    assert answer(asked(), by=by, step=step) is None


@pytest.mark.parametrize("answer", [ladder.accept, ladder.decline])
def test_there_is_nothing_to_answer_without_a_proposal(answer):
    assert answer(TEXT, by=B, step=Step.VOICE) is None


def test_the_partner_declines():
    state = ladder.decline(asked(), by=B, step=Step.VOICE)

    assert state == LadderState(step=Step.TEXT, max=Step.CLEAR, version=6)


def test_down_goes_at_once_and_closes_what_was_asked():
    video = LadderState(
        step=Step.BLURRED,
        max=Step.CLEAR,
        version=2,
        proposal=Proposal(step=Step.CLEAR, by=B, closes_at=1.0),
    )

    assert ladder.down(video, step=Step.TEXT) == LadderState(
        step=Step.TEXT, max=Step.CLEAR, version=3
    )


@pytest.mark.parametrize("step", [Step.TEXT, Step.CLEAR])
def test_down_is_down(step):
    assert ladder.down(TEXT, step=step) is None


def test_an_unanswered_proposal_expires():
    assert ladder.expire(asked()) == LadderState(
        step=Step.TEXT, max=Step.CLEAR, version=6
    )
    assert ladder.expire(TEXT) is None


def test_when_the_highest_falls_the_step_falls_with_it():
    clear = LadderState(step=Step.CLEAR, max=Step.CLEAR, version=2)

    assert ladder.limit(clear, highest=Step.TEXT) == LadderState(
        step=Step.TEXT, max=Step.TEXT, version=3
    )


def test_the_highest_never_rises():
    low = LadderState(step=Step.TEXT, max=Step.VOICE, version=2)

    assert ladder.limit(low, highest=Step.CLEAR) is None


@pytest.mark.parametrize(("step", "stays"), [(Step.VOICE, True), (Step.CLEAR, False)])
def test_a_proposal_stays_while_it_is_within_the_highest(step, stays):
    state = ladder.limit(asked(step), highest=Step.VOICE)

    assert (state.proposal is not None) == stays
