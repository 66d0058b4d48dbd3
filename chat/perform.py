"""Doing what a conversation asks for: each effect becomes one act."""

import math
from typing import TYPE_CHECKING, assert_never

from chat.domain import effects as do
from chat.domain import records
from chat.domain.effects import Effects
from chat.endpoint import Endpoint
from chat.protocol import server
from chat.protocol.writing import instant
from trust.domain.franking import Role

if TYPE_CHECKING:
    from chat.live import LiveConversation

Told = (
    do.Pass
    | do.ShowLadder
    | do.OfferServers
    | do.TellEnded
    | do.TellAway
    | do.TellBack
    | do.ShowResumed
)
ForClient = Told | do.Refuse
Rare = do.SetTimer | do.CancelTimer | do.Save | do.Finish | ForClient
_RECORDS = (do.Deliver, do.Stamped, do.Acked)


def perform(
    effects: Effects, live: "LiveConversation", *, ref: str | None = None
) -> None:
    """Do everything, in order; `ref` is the client's name for its frame."""
    for effect in effects:
        if isinstance(effect, _RECORDS):  # nearly all: no need to look any further
            endpoint = live.endpoint(effect.to)
            if endpoint is not None:
                endpoint.give(records.write(effect))
        else:
            _perform(effect, live, ref)


def _perform(effect: Rare, live: "LiveConversation", ref: str | None) -> None:
    match effect:
        case do.SetTimer():
            live.set_timer(effect.timer, effect.seconds)
        case do.CancelTimer():
            live.cancel_timer(effect.timer)
        case do.Save():
            live.save()
        case do.Finish():
            live.finish(effect)
        case _:
            endpoint = live.endpoint(effect.to)
            if endpoint is not None:
                _send(effect, endpoint, live, ref)


def _send(
    effect: ForClient, endpoint: Endpoint, live: "LiveConversation", ref: str | None
) -> None:
    match effect:
        case do.Refuse():
            _refuse(effect, endpoint, live, ref)
        case _:
            endpoint.tell(_frame(effect, live))


def _refuse(
    effect: do.Refuse, endpoint: Endpoint, live: "LiveConversation", ref: str | None
) -> None:
    endpoint.refuse(
        effect.code,
        ref=ref,
        conversation=live.id,
        seq=effect.seq,
        expected=effect.expected,
        retry_after_seconds=effect.retry_after_seconds,
    )


def _frame(effect: Told, live: "LiveConversation") -> server.ServerFrame:
    match effect:
        case do.Pass():
            return server.Passed(conversation=live.id, said=effect.said)
        case do.ShowLadder():
            return _ladder(effect, live)
        case do.OfferServers():
            return server.IceServers(
                conversation=live.id,
                ice_servers=(),
                expires_in_seconds=math.floor(effect.expires_in_seconds),
            )
        case do.TellEnded():
            return _ended(effect, live)
        case do.TellAway() | do.TellBack() | do.ShowResumed():
            return _presence(effect, live)
        case _:
            assert_never(effect)


def _presence(
    effect: do.TellAway | do.TellBack | do.ShowResumed, live: "LiveConversation"
) -> server.ServerFrame:
    match effect:
        case do.TellAway():
            grace = math.ceil(effect.grace_seconds)
            return server.PartnerAway(conversation=live.id, grace_seconds=grace)
        case do.TellBack():
            return server.PartnerBack(conversation=live.id)
        case do.ShowResumed():
            return _resumed(effect, live)
        case _:
            assert_never(effect)


def _resumed(effect: do.ShowResumed, live: "LiveConversation") -> server.Resumed:
    return server.Resumed(
        conversation=live.id,
        slot=effect.slot,
        accepted=effect.accepted,
        acked=effect.acked,
        partner="here" if effect.partner_here else "away",
        ladder=server.Ladder(
            step=effect.ladder.step.word,
            max=effect.ladder.max.word,
            version=effect.ladder.version,
        ),
        route=server.DIRECT,
        ice_servers=(),
    )


def _ladder(effect: do.ShowLadder, live: "LiveConversation") -> server.LadderState:
    state = effect.state
    return server.LadderState(
        conversation=live.id,
        step=state.step.word,
        max=state.max.word,
        version=state.version,
        proposal=_proposal(effect, effect.to),
    )


def _proposal(effect: do.ShowLadder, reader: Role) -> server.Proposal | None:
    asked, left = effect.state.proposal, effect.expires_in_seconds
    if asked is None or left is None:
        return None
    by = "you" if asked.by is reader else "partner"
    return server.Proposal(
        step=asked.step.word, by=by, expires_in_seconds=math.ceil(left)
    )


def _ended(effect: do.TellEnded, live: "LiveConversation") -> server.Ended:
    receipt = effect.receipt
    return server.Ended(
        conversation=live.id,
        reason=effect.reason,
        farewell=effect.farewell,
        receipt=server.Receipt(
            started=instant(receipt.started), ended=instant(receipt.ended)
        ),
    )
