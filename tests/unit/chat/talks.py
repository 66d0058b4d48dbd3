"""Conversations at every point of their life, for the tests of their rules."""

from chat.domain import inputs as on
from chat.domain.conversation import Conversation
from chat.domain.inputs import LeaveReason, Moment
from chat.domain.ladder import Step
from chat.domain.policy import CONVERSATION
from chat.domain.state import Phase, Terms
from common.ids import ConversationId
from common.vocabulary import Mode
from trust.domain.franking import Role

A, B = Role.A, Role.B
NAME = ConversationId(bytes(range(16)))
KEY = bytes(range(32))
KID = 258
SLOTS = {A: 7, B: 9}
FINGERPRINT = b"\x11" * 32
SMALLEST = 128 + 16
START = Moment(steady=1000.0, unix=1_800_000_000.0)


def later(seconds: float) -> Moment:
    return Moment(steady=START.steady + seconds, unix=START.unix + seconds)


def terms(mode=Mode.TEXT, highest=Step.CLEAR) -> Terms:
    return Terms(
        id=NAME, mode=mode, highest=highest, slots=SLOTS, kid=KID, stamp_key=KEY
    )


def conversation(mode=Mode.TEXT, highest=Step.CLEAR, policy=CONVERSATION):
    return Conversation(terms(mode, highest), now=START, policy=policy)


def commit(byte=1) -> on.Commit:
    return on.Commit(commitment=bytes([byte]) * 32)


def reveal(fingerprint=FINGERPRINT) -> on.Reveal:
    return on.Reveal(
        suites=b"\x01\x02",
        suite=1,
        public_key=b"\x22" * 32,
        fingerprint=fingerprint,
        random=b"\x33" * 32,
    )


def confirm() -> on.Confirm:
    return on.Confirm(mac=b"\x44" * 32)


def message(seq=0, *, by=A, commitment=b"\x55" * 32, length=SMALLEST, slot=None):
    return on.Message(
        slot=SLOTS[by] if slot is None else slot,
        seq=seq,
        commitment=commitment,
        ciphertext=b"\x66" * length,
    )


def ack(next_seq, *, by=B, slot=None) -> on.Acknowledge:
    return on.Acknowledge(slot=SLOTS[by] if slot is None else slot, next=next_seq)


def leave(reason=LeaveReason.STOP, farewell=None) -> on.Leave:
    return on.Leave(reason=reason, farewell=farewell)


_PARTS = {
    Phase.COMMITTING: commit,
    Phase.REVEALING: reveal,
    Phase.CONFIRMING: confirm,
}


def reached(phase: Phase, mode=Mode.TEXT, policy=CONVERSATION) -> Conversation:
    """Bring a conversation to a phase in the shortest way."""
    talk = conversation(mode, policy=policy)
    while talk.state.phase is not phase:
        make = _PARTS.get(talk.state.phase, leave)
        for role in Role:
            talk.receive(make(), by=role, now=START)
    return talk


def opened(mode=Mode.TEXT, policy=CONVERSATION) -> Conversation:
    return reached(Phase.OPEN, mode, policy)
