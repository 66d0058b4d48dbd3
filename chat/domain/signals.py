"""What passes straight to the partner: signals of the call, and typing.

What lives here: how often. What may not: what a signal says; the clients check
fingerprints (`signal.py` reads only its shape).
"""

from chat.domain.codes import Code
from chat.domain.effects import Effects, OfferServers, Pass
from chat.domain.inputs import (
    Candidate,
    ChangeRoute,
    Describe,
    IceRefresh,
    Moment,
    Typing,
)
from chat.domain.state import ConversationState, refuse
from common.ratelimit import take
from trust.domain.franking import Role


def signal(
    talk: ConversationState, said: Describe | Candidate, by: Role, now: Moment
) -> Effects:
    """Pass a description or candidate on, in any phase."""
    side = talk.sides[by]
    wait = take(side.signals, now.steady, talk.policy.signals)
    if wait:
        return refuse(by, Code.RATE_LIMITED, wait)
    if isinstance(said, Candidate) and not side.generations.admit(said):
        return refuse(by, Code.RATE_LIMITED)
    return (Pass(to=by.other, said=said),)


def typing(talk: ConversationState, said: Typing, by: Role, now: Moment) -> Effects:
    """Pass a typing notice on."""
    wait = take(talk.sides[by].typing, now.steady, talk.policy.typing)
    if wait:
        return refuse(by, Code.RATE_LIMITED, wait)
    return (Pass(to=by.other, said=said),)


def ice_refresh(
    talk: ConversationState, said: IceRefresh, by: Role, now: Moment
) -> Effects:
    """Name the ICE servers, good for as long as the conversation can last."""
    left = talk.started.steady + talk.policy.life_seconds - now.steady
    return (OfferServers(to=by, expires_in_seconds=left),)


def change_route(
    talk: ConversationState, said: ChangeRoute, by: Role, now: Moment
) -> Effects:
    """Refuse: without a relay the route is direct and cannot change."""
    return refuse(by, Code.NOT_ALLOWED)
