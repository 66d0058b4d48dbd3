"""The ladder within a conversation: who is told what, and when it closes."""

from chat.domain import inputs as on
from chat.domain.codes import Code
from chat.domain.effects import CancelTimer, Refuse, Save, SetTimer, ShowLadder, Timer
from chat.domain.inputs import ProposalDue
from chat.domain.ladder import LadderState, Proposal, Step
from common.vocabulary import Mode
from tests.unit.chat.talks import START, A, B, conversation, later, opened, parted


def propose(talk, step=Step.VOICE, by=A, now=START):
    return talk.receive(on.Propose(step=step), by=by, now=now)


def both_shown(state):
    return (ShowLadder(to=A, state=state), ShowLadder(to=B, state=state))


def test_a_proposal_is_shown_to_both_and_gets_a_deadline():
    state = LadderState(
        step=Step.TEXT,
        max=Step.CLEAR,
        version=2,
        proposal=Proposal(step=Step.VOICE, by=A, closes_at=START.steady + 30),
    )

    assert propose(opened()) == (
        SetTimer(timer=Timer.PROPOSAL, seconds=30.0),
        ShowLadder(to=A, state=state, expires_in_seconds=30.0),
        ShowLadder(to=B, state=state, expires_in_seconds=30.0),
        Save(),
    )


def test_the_partner_accepts_and_the_deadline_goes():
    talk = opened()
    propose(talk)
    effects = talk.receive(on.Accept(step=Step.VOICE), by=B, now=later(1))
    state = LadderState(step=Step.VOICE, max=Step.CLEAR, version=3)

    assert effects == (CancelTimer(timer=Timer.PROPOSAL), *both_shown(state), Save())


def test_the_partner_declines():
    talk = opened()
    propose(talk)
    effects = talk.receive(on.Decline(step=Step.VOICE), by=B, now=later(1))
    state = LadderState(step=Step.TEXT, max=Step.CLEAR, version=3)

    assert effects == (CancelTimer(timer=Timer.PROPOSAL), *both_shown(state), Save())


def test_one_is_enough_to_go_down():
    talk = opened(Mode.VIDEO)
    effects = talk.receive(on.StepDown(step=Step.TEXT), by=B, now=START)
    state = LadderState(step=Step.TEXT, max=Step.CLEAR, version=2)

    assert effects == (CancelTimer(timer=Timer.PROPOSAL), *both_shown(state), Save())


def test_an_unanswered_proposal_closes():
    talk = opened()
    propose(talk)
    effects = talk.receive(ProposalDue(), now=later(30))
    state = LadderState(step=Step.TEXT, max=Step.CLEAR, version=3)

    assert effects == (CancelTimer(timer=Timer.PROPOSAL), *both_shown(state), Save())


def test_a_deadline_that_crossed_the_answer_does_nothing():
    assert opened().receive(ProposalDue(), now=later(30)) == ()


def test_before_it_is_open_nothing_is_kept_in_the_record():
    effects = conversation(Mode.VIDEO).receive(
        on.StepDown(step=Step.TEXT), by=A, now=START
    )

    assert Save() not in effects
    assert [each.to for each in effects if isinstance(each, ShowLadder)] == [A, B]


def test_a_partner_who_is_away_cannot_be_asked():
    talk = parted(B)

    assert propose(talk) == (Refuse(to=A, code=Code.NOT_ALLOWED),)
    assert talk.state.ladder.version == 1


def test_one_may_go_down_while_the_partner_is_away():
    talk = parted(B, Mode.VIDEO)
    effects = talk.receive(on.StepDown(step=Step.TEXT), by=A, now=START)
    state = LadderState(step=Step.TEXT, max=Step.CLEAR, version=2)

    assert effects == (
        CancelTimer(timer=Timer.PROPOSAL),
        ShowLadder(to=A, state=state),
        Save(),
    )


def test_what_is_above_the_highest_is_not_for_this_conversation():
    low = conversation(highest=Step.VOICE)

    assert propose(low, Step.BLURRED) == (Refuse(to=A, code=Code.MODE_NOT_ALLOWED),)


def test_what_cannot_be_asked_or_answered_now_is_refused():
    talk = opened()
    refused = [
        talk.receive(said(step=Step.TEXT), by=B, now=START)
        for said in (on.Propose, on.Accept, on.Decline, on.StepDown)
    ]

    assert refused == [(Refuse(to=B, code=Code.NOT_ALLOWED),)] * 4
    assert talk.state.ladder.version == 1


def test_versions_only_rise():
    talk, versions = opened(), []
    for said, by in [
        (on.Propose(step=Step.VOICE), A),
        (on.Accept(step=Step.VOICE), B),
        (on.Propose(step=Step.CLEAR), B),
        (on.StepDown(step=Step.TEXT), A),
    ]:
        talk.receive(said, by=by, now=START)
        versions.append(talk.state.ladder.version)

    assert versions == [2, 3, 4, 5]
