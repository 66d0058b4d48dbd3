"""Going up and down the consent ladder within a conversation.

What lives here: who may ask for what, what both are told, and when a question
closes by itself. What may not: the steps themselves (`ladder.py`).
"""

from chat.domain import inputs as on
from chat.domain import ladder
from chat.domain.codes import Code
from chat.domain.effects import (
    CancelTimer,
    Effect,
    Effects,
    Save,
    SetTimer,
    ShowLadder,
    Timer,
)
from chat.domain.inputs import Moment
from chat.domain.ladder import LadderState
from chat.domain.state import ConversationState, Phase, refuse
from trust.domain.franking import Role


def propose(
    talk: ConversationState, said: on.Propose, by: Role, now: Moment
) -> Effects:
    """Ask the partner for a higher step; a partner who is away cannot answer."""
    if by.other in talk.away:
        return refuse(by, Code.NOT_ALLOWED)
    if said.step > talk.ladder.max:
        return refuse(by, Code.MODE_NOT_ALLOWED)
    closes_at = now.steady + talk.policy.proposal_seconds
    asked = ladder.propose(talk.ladder, by=by, step=said.step, closes_at=closes_at)
    return _show_or_refuse(talk, asked, by, now)


def accept(talk: ConversationState, said: on.Accept, by: Role, now: Moment) -> Effects:
    """Agree to the step that the partner asked for."""
    agreed = ladder.accept(talk.ladder, by=by, step=said.step)
    return _show_or_refuse(talk, agreed, by, now)


def decline(
    talk: ConversationState, said: on.Decline, by: Role, now: Moment
) -> Effects:
    """Say no to the step that the partner asked for."""
    declined = ladder.decline(talk.ladder, by=by, step=said.step)
    return _show_or_refuse(talk, declined, by, now)


def step_down(
    talk: ConversationState, said: on.StepDown, by: Role, now: Moment
) -> Effects:
    """Go down, for both and at once."""
    lowered = ladder.down(talk.ladder, step=said.step)
    return _show_or_refuse(talk, lowered, by, now)


def proposal_due(
    talk: ConversationState, said: on.ProposalDue, by: None, now: Moment
) -> Effects:
    """Close a proposal that nobody answered."""
    closed = ladder.expire(talk.ladder)
    return () if closed is None else show(talk, closed, now)


def show(talk: ConversationState, changed: LadderState, now: Moment) -> Effects:
    """Let the ladder stand as changed, and tell both."""
    talk.ladder = changed
    asked = changed.proposal
    left = None if asked is None else asked.closes_at - now.steady
    shown = (
        ShowLadder(to=role, state=changed, expires_in_seconds=left) for role in Role
    )
    return (_deadline(left), *shown, *_saved(talk))


def _show_or_refuse(
    talk: ConversationState, changed: LadderState | None, by: Role, now: Moment
) -> Effects:
    if changed is None:
        return refuse(by, Code.NOT_ALLOWED)
    return show(talk, changed, now)


def _saved(talk: ConversationState) -> Effects:
    """Keep a step both agreed to, or one went down from, in the record."""
    return (Save(),) if talk.phase is Phase.OPEN else ()


def _deadline(left: float | None) -> Effect:
    if left is None:
        return CancelTimer(timer=Timer.PROPOSAL)
    return SetTimer(timer=Timer.PROPOSAL, seconds=left)
