"""The encryption handshake as the server sees it: three parts from each side.

What lives here: passing each part on once, in order, in time. What may not:
checking what the parts say. The clients do that; a server whose word they had
to take could stand between them.

How it works. A phase is over when both sides have done its part, and each part
is passed on as it comes. So a reveal can only be taken after both commitments
were passed on, and a confirmation after both reveals. Each phase has its own
deadline; the conversation ends with `integrity` when it passes.
"""

from chat.domain import consent, ladder
from chat.domain.codes import Code
from chat.domain.effects import (
    CancelTimer,
    Effects,
    Pass,
    Refuse,
    Save,
    SetTimer,
    Timer,
)
from chat.domain.inputs import Commit, Confirm, Moment, Reveal
from chat.domain.ladder import Step
from chat.domain.state import ConversationState, Phase, refuse
from trust.domain.franking import Role

NO_CALLS = bytes(32)
"""The fingerprint of someone who brings no certificate for calls."""

_NEXT = {
    Phase.COMMITTING: Phase.REVEALING,
    Phase.REVEALING: Phase.CONFIRMING,
    Phase.CONFIRMING: Phase.OPEN,
}


def part(
    talk: ConversationState, said: Commit | Reveal | Confirm, by: Role, now: Moment
) -> Effects:
    """Pass a side's part of this phase on; with the second one, go on."""
    if by in talk.ready:
        return refuse(by, Code.NOT_ALLOWED)
    talk.ready.add(by)
    passed = Pass(to=by.other, said=said)
    return (passed, *_advance(talk)) if len(talk.ready) == len(Role) else (passed,)


def reveal(talk: ConversationState, said: Reveal, by: Role, now: Moment) -> Effects:
    """Pass a reveal on; without a certificate there will be no calls."""
    effects = part(talk, said, by, now)
    if said.fingerprint != NO_CALLS or isinstance(effects[0], Refuse):
        return effects
    limited = ladder.limit(talk.ladder, highest=Step.TEXT)
    return effects if limited is None else (*effects, *consent.show(talk, limited, now))


def out_of_turn(
    talk: ConversationState, said: Commit | Reveal | Confirm, by: Role, now: Moment
) -> Effects:
    """Refuse a part of another phase."""
    return refuse(by, Code.NOT_ALLOWED)


def _advance(talk: ConversationState) -> Effects:
    talk.phase = _NEXT[talk.phase]
    talk.ready.clear()
    if talk.phase is Phase.OPEN:
        return (CancelTimer(timer=Timer.HANDSHAKE), Save())
    seconds = talk.policy.handshake_seconds
    return (SetTimer(timer=Timer.HANDSHAKE, seconds=seconds),)
