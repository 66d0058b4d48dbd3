"""How a conversation ends, and what each side is told about it.

What lives here: the reason for each side. What may not: blame, or anything that
tells the partner why someone left: next, stop and report read alike.

How it works. Whatever ends it first decides; the phase becomes `ENDED`, where
nothing has an effect, so each side that is still connected is told exactly
once. A side that is away is told when it comes back, while the reason is kept.
"""

from collections.abc import Mapping

from chat.domain import inputs as on
from chat.domain.codes import Code
from chat.domain.effects import (
    CancelTimer,
    Effects,
    EndReason,
    Finish,
    Receipt,
    TellEnded,
    Timer,
)
from chat.domain.inputs import Farewell, Input, LeaveReason, Moment
from chat.domain.state import ConversationState, Phase, refuse
from trust.domain.franking import Role


def leave(talk: ConversationState, said: on.Leave, by: Role, now: Moment) -> Effects:
    """Let one side go; a failed check is told to both as what it is."""
    if said.reason is LeaveReason.INTEGRITY:
        return end(talk, dict.fromkeys(Role, EndReason.INTEGRITY), now)
    return end(
        talk,
        {by: EndReason.LEFT, by.other: EndReason.PARTNER_LEFT},
        now,
        farewell=said.farewell,
        may_meet_again=said.reason is LeaveReason.NEXT,
    )


def lost(talk: ConversationState, said: on.Lost, by: Role, now: Moment) -> Effects:
    """End what cannot be resumed: the handshake was not done."""
    talk.away[by] = now.steady
    return end(talk, dict.fromkeys(Role, EndReason.PARTNER_LOST), now)


def lost_before_open(
    talk: ConversationState, said: on.Resumed, by: Role, now: Moment
) -> Effects:
    """End: a socket that is replaced in the handshake was lost in it."""
    told = {by: EndReason.PARTNER_LOST, by.other: EndReason.PARTNER_LOST}
    return end(talk, told, now)


def handshake_due(
    talk: ConversationState, said: on.HandshakeDue, by: None, now: Moment
) -> Effects:
    """End a handshake that takes too long."""
    return end(talk, dict.fromkeys(Role, EndReason.INTEGRITY), now)


def life_due(
    talk: ConversationState, said: on.LifeDue, by: None, now: Moment
) -> Effects:
    """End a conversation whose key stops stamping."""
    return end(talk, dict.fromkeys(Role, EndReason.EXPIRED), now)


def over(talk: ConversationState, said: Input, by: Role, now: Moment) -> Effects:
    """Refuse what comes after the end."""
    return refuse(by, Code.NOT_IN_CONVERSATION)


def nothing(
    talk: ConversationState, said: Input, by: Role | None, now: Moment
) -> Effects:
    """Let pass what crossed the end on its way, or a deadline already met."""
    return ()


def end(
    talk: ConversationState,
    told: Mapping[Role, EndReason],
    now: Moment,
    *,
    farewell: Farewell | None = None,
    may_meet_again: bool = False,
) -> Effects:
    """End it for both, each for its own reason."""
    talk.phase = Phase.ENDED
    receipt = Receipt(started=talk.started.unix, ended=now.unix)
    ends = (
        TellEnded(
            to=role,
            reason=why,
            receipt=receipt,
            farewell=farewell if why is EndReason.PARTNER_LEFT else None,
        )
        for role, why in told.items()
    )
    cancels = (CancelTimer(timer=timer) for timer in Timer)
    finish = Finish(
        may_meet_again=may_meet_again, reasons=told, farewell=farewell, at=now.unix
    )
    return (*cancels, *ends, finish)
