"""Messages and acknowledgements: stamped, passed on, and forgotten.

What lives here: what follows from the verdict of a direction, and what goes
into a stamp. What may not: the verdict itself (`direction.py`), the layout of
a stamp (`trust.domain.franking`), what a ciphertext holds.

How it works. A record that names another slot belongs to a conversation that
this socket was in before, and is dropped without a word. A new message gets a
stamp; one that comes again gets the same stamp. Both go to the sender, and to
the receiver unless its socket has the message already, or is away, or has not
yet got the one before it: then the sender sends it again.
"""

from collections.abc import Mapping

from chat.domain.codes import Code
from chat.domain.direction import Refusal, Verdict
from chat.domain.effects import Acked, Deliver, Effects, Refuse, Stamped
from chat.domain.inputs import Acknowledge, Message, Moment
from chat.domain.ladder import Step
from chat.domain.state import ConversationState, refuse
from trust.domain import franking
from trust.domain.franking import Role, StampFlag


def message(talk: ConversationState, said: Message, by: Role, now: Moment) -> Effects:
    """Take a message once the handshake is done."""
    side = talk.sides[by]
    if said.slot != side.slot:
        return ()
    verdict = side.sent.judge(
        seq=said.seq,
        commitment=said.commitment,
        length=len(said.ciphertext),
        now=now.steady,
    )
    if isinstance(verdict, Refusal):
        return _refused(talk, said, by, verdict)
    return _ACTIONS[verdict](talk, said, by, now)


def early(talk: ConversationState, said: Message, by: Role, now: Moment) -> Effects:
    """Refuse a message before the handshake is done."""
    side = talk.sides[by]
    if said.slot != side.slot or side.sent.silent_about(said.seq):
        return ()
    return _refused(talk, said, by, side.sent.refuse(Code.NOT_ALLOWED))


def acknowledge(
    talk: ConversationState, said: Acknowledge, by: Role, now: Moment
) -> Effects:
    """Drop what the receiver has, and tell the sender."""
    if said.slot != talk.sides[by].slot:
        return ()
    wait = talk.sides[by].sent.repeat_wait(now.steady)
    if wait:
        return refuse(by, Code.RATE_LIMITED, wait)
    received = talk.sides[by.other].sent
    if said.next > received.accepted:
        return refuse(by, Code.BAD_FRAME)
    return (_acked(talk, by.other),) if received.acknowledge(said.next) else ()


def _refused(talk: ConversationState, said: Message, by: Role, why: Refusal) -> Effects:
    return (
        Refuse(
            to=by,
            code=why.code,
            seq=said.seq,
            expected=talk.sides[by].sent.accepted,
            retry_after_seconds=why.retry_after_seconds,
        ),
    )


def _new(talk: ConversationState, said: Message, by: Role, now: Moment) -> Effects:
    stamp = _stamp(talk, said, by, now)
    talk.sides[by].sent.accept(commitment=said.commitment, stamp=stamp)
    return _again(talk, said, by, now)


def _again(talk: ConversationState, said: Message, by: Role, now: Moment) -> Effects:
    sent = talk.sides[by].sent
    stamp = sent.stamp_of(said.seq)
    slot = talk.sides[by].slot
    stamped = Stamped(to=by, slot=slot, seq=said.seq, stamp=stamp)
    if said.seq < sent.handed:
        return (stamped, _acked(talk, by))
    if by.other in talk.away or not sent.hand(said.seq):
        return (stamped,)  # it comes again once the partner can take it
    delivered = Deliver(
        to=by.other,
        slot=talk.sides[by.other].slot,
        seq=said.seq,
        commitment=said.commitment,
        stamp=stamp,
        ciphertext=said.ciphertext,
    )
    return (delivered, stamped)


def _done(talk: ConversationState, said: Message, by: Role, now: Moment) -> Effects:
    return (_acked(talk, by),)


def _dropped(talk: ConversationState, said: Message, by: Role, now: Moment) -> Effects:
    return ()


_FLAGS: Mapping[Step, int] = {
    Step.TEXT: 0,
    Step.VOICE: StampFlag.MEDIA.value,
    Step.BLURRED: (StampFlag.MEDIA | StampFlag.BLURRED).value,
    Step.CLEAR: StampFlag.MEDIA.value,
}
_ACTIONS = {
    Verdict.NEW: _new,
    Verdict.AGAIN: _again,
    Verdict.DONE: _done,
    Verdict.DROPPED: _dropped,
}


def _stamp(talk: ConversationState, said: Message, by: Role, now: Moment) -> bytes:
    bucket = franking.time_bucket(now.unix)
    talk.time_bucket = max(talk.time_bucket, bucket)
    return franking.stamp_encoded(
        key=talk.terms.stamp_key,
        kid=talk.terms.kid,
        conversation=talk.terms.id,
        role=by,
        seq=said.seq,
        tb=talk.time_bucket,
        rx_other=talk.sides[by.other].sent.acked,
        flags=_FLAGS[talk.ladder.step],
        commitment=said.commitment,
    )


def _acked(talk: ConversationState, to: Role) -> Acked:
    side = talk.sides[to]
    return Acked(to=to, slot=side.slot, next=side.sent.acked)
