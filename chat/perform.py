"""Doing what a conversation asks for: each effect becomes one act."""

import math
from typing import TYPE_CHECKING, assert_never

from chat.domain import effects as do
from chat.domain import records
from chat.domain.effects import Effect, Effects
from chat.protocol import server
from chat.protocol.writing import instant
from trust.domain.franking import Role

if TYPE_CHECKING:
    from chat.live import LiveConversation


def perform(
    effects: Effects, live: "LiveConversation", *, ref: str | None = None
) -> None:
    """Do everything, in order; `ref` is the client's name for its frame."""
    for effect in effects:
        _perform(effect, live, ref)


def _perform(effect: Effect, live: "LiveConversation", ref: str | None) -> None:
    match effect:
        case do.Deliver() | do.Stamped() | do.Acked():
            live.connection(effect.to).give(records.write(effect))
        case do.Refuse():
            _refuse(effect, live, ref)
        case do.SetTimer():
            live.set_timer(effect.timer, effect.seconds)
        case do.CancelTimer():
            live.cancel_timer(effect.timer)
        case do.Finish():
            live.finish(may_meet_again=effect.may_meet_again)
        case do.Pass() | do.ShowLadder() | do.OfferServers() | do.TellEnded():
            live.connection(effect.to).tell(_frame(effect, live))
        case _:
            assert_never(effect)


def _refuse(effect: do.Refuse, live: "LiveConversation", ref: str | None) -> None:
    live.connection(effect.to).refuse(
        effect.code,
        ref=ref,
        conversation=live.id,
        seq=effect.seq,
        expected=effect.expected,
        retry_after_seconds=effect.retry_after_seconds,
    )


def _frame(
    effect: do.Pass | do.ShowLadder | do.OfferServers | do.TellEnded,
    live: "LiveConversation",
) -> server.ServerFrame:
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
        case _:
            assert_never(effect)


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
