"""Conversations at every point of their life, for the tests of their rules."""

from chat.domain import inputs as on
from chat.domain.conversation import Conversation
from chat.domain.inputs import LeaveReason, Moment
from chat.domain.ladder import Step, entry
from chat.domain.policy import CONVERSATION
from chat.domain.recovery import recover
from chat.domain.state import Phase, Terms
from common.ids import ConversationId
from common.vocabulary import Mode
from tests.unit.chat.records_of import record
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
    return Conversation.match(terms(mode, highest), now=START, policy=policy)


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


def resumed(received=0, *, by=A, slot=None) -> on.Resumed:
    return on.Resumed(slot=SLOTS[by] if slot is None else slot, received=received)


_PARTS = {
    Phase.COMMITTING: commit,
    Phase.REVEALING: reveal,
    Phase.CONFIRMING: confirm,
}


def reached(phase: Phase, mode=Mode.TEXT, policy=CONVERSATION) -> Conversation:
    """Bring a conversation to a phase in the shortest way."""
    if phase is Phase.RECOVERING:
        return half_recovered(mode, policy)
    talk = conversation(mode, policy=policy)
    while talk.state.phase is not phase:
        make = _PARTS.get(talk.state.phase, leave)
        for role in Role:
            talk.receive(make(), by=role, now=START)
    return talk


def opened(mode=Mode.TEXT, policy=CONVERSATION) -> Conversation:
    return reached(Phase.OPEN, mode, policy)


def recovering(mode=Mode.TEXT, policy=CONVERSATION) -> Conversation:
    """Stand where the process that held a conversation died, and both are away."""
    begun = record(
        id=NAME,
        mode=mode,
        kid=KID,
        started=START.unix,
        ladder=entry(mode, highest=Step.CLEAR),
    )
    return Conversation(recover(begun, stamp_key=KEY, now=START, policy=policy))


def half_recovered(mode=Mode.TEXT, policy=CONVERSATION) -> Conversation:
    """A is back, B is not."""
    talk = recovering(mode, policy)
    talk.receive(resumed(by=A), by=A, now=START)
    return talk


def parted(away=B, mode=Mode.TEXT, policy=CONVERSATION) -> Conversation:
    """Open, and one side has lost its socket."""
    talk = opened(mode, policy)
    talk.receive(on.Lost(), by=away, now=START)
    return talk
