"""Sides that are lost and come back.

What lives here: the window in which a lost side may return, and what each side
is told about it. What may not: sockets, or whether a resume token is genuine.

How it works. A side without a socket is away, until a newer socket resumes or
its window is over; the first window to run out ends the conversation. The
client that comes back says what it has received: from there the partner's
messages are handed on, and what the partner had not been told is told now. The
newer socket counts, also when the older one still seemed to be there.

When the process that held the conversation died, nobody else knows its
counters. Then both clients are awaited, and each direction goes on from what
its receiver has: what was accepted beyond it is sent, and stamped, again.
"""

from chat.domain import consent, ending, ladder
from chat.domain.codes import Code
from chat.domain.effects import (
    Acked,
    CancelTimer,
    Effects,
    EndReason,
    SetTimer,
    ShowResumed,
    TellAway,
    TellBack,
    Timer,
)
from chat.domain.inputs import Input, Lost, Moment, Resumed, WindowDue
from chat.domain.state import ConversationState, Phase, refuse
from trust.domain.franking import Role

WINDOW = {Role.A: Timer.WINDOW_A, Role.B: Timer.WINDOW_B}


def lost(talk: ConversationState, said: Lost, by: Role, now: Moment) -> Effects:
    """Wait for a side that lost its socket; the partner is told."""
    if by in talk.away:
        return ()
    seconds = talk.policy.resume_window_seconds
    talk.away[by] = now.steady + seconds
    return (
        SetTimer(timer=WINDOW[by], seconds=seconds),
        TellAway(to=by.other, grace_seconds=seconds),
        *_close_proposal(talk, now),
    )


def resumed(talk: ConversationState, said: Resumed, by: Role, now: Moment) -> Effects:
    """Go on with a side's newer socket, from what its client has received."""
    towards = talk.sides[by.other].sent
    if not towards.resume(said.received):
        return _impossible(talk, by, now)
    talk.away.pop(by, None)
    talk.sides[by].slot = said.slot
    partner = talk.sides[by.other]
    closed = _close_proposal(talk, now)
    return (
        CancelTimer(timer=WINDOW[by]),
        _resumed(talk, by),
        Acked(to=by.other, slot=partner.slot, next=towards.acked),
        TellBack(to=by.other),
        *closed,
    )


def claimed(talk: ConversationState, said: Resumed, by: Role, now: Moment) -> Effects:
    """While recovering: note what a client has; go on once both have said it."""
    talk.away.pop(by, None)
    talk.sides[by].slot = said.slot
    talk.claimed[by] = said.received
    cancel = CancelTimer(timer=WINDOW[by])
    if talk.away:
        return (cancel,)
    talk.phase = Phase.OPEN
    for role in Role:
        talk.sides[role].sent.recover(talk.claimed[role.other])
    talk.claimed.clear()
    return (cancel, *(_resumed(talk, role) for role in Role))


def lost_again(talk: ConversationState, said: Lost, by: Role, now: Moment) -> Effects:
    """While recovering: wait for a side anew; its partner has not been answered."""
    seconds = talk.policy.resume_window_seconds
    talk.away[by] = now.steady + seconds
    return (SetTimer(timer=WINDOW[by], seconds=seconds),)


def window_due(
    talk: ConversationState, said: WindowDue, by: Role, now: Moment
) -> Effects:
    """End for good: this side did not come back."""
    if by not in talk.away:
        return ()
    told = {by: EndReason.EXPIRED, by.other: EndReason.PARTNER_LOST}
    return ending.end(talk, told, now)


def not_yet(talk: ConversationState, said: Input, by: Role, now: Moment) -> Effects:
    """Refuse what comes before the answer to `resume`."""
    return refuse(by, Code.NOT_ALLOWED)


def _impossible(talk: ConversationState, by: Role, now: Moment) -> Effects:
    """End: an honest client never claims this. It hears so on its new socket."""
    talk.away.pop(by, None)
    return ending.end(talk, dict.fromkeys(Role, EndReason.INTEGRITY), now)


def _resumed(talk: ConversationState, by: Role) -> ShowResumed:
    own = talk.sides[by]
    return ShowResumed(
        to=by,
        slot=own.slot,
        accepted=own.sent.accepted,
        acked=own.sent.acked,
        partner_here=by.other not in talk.away,
        ladder=talk.ladder,
    )


def _close_proposal(talk: ConversationState, now: Moment) -> Effects:
    """Close an open question: who was asked may not have seen it."""
    closed = ladder.expire(talk.ladder)
    return () if closed is None else consent.show(talk, closed, now)
