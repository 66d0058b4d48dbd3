"""Records of conversations, for the tests of all who keep or read them."""

from dataclasses import replace
from uuid import UUID

from chat.domain.effects import EndReason
from chat.domain.inputs import Farewell
from chat.domain.ladder import LadderState, Step
from chat.domain.record import ConversationRecord, Ending
from common.ids import ConversationId, PersonId, VisitorId, WorkerId
from common.vocabulary import Mode
from trust.domain.franking import Role

A, B = Role.A, Role.B
HERE, THERE, ELSEWHERE = (WorkerId(digit * 16) for digit in "abc")
LEFT = {A: EndReason.LEFT, B: EndReason.PARTNER_LEFT}


def record(number=0, **fields) -> ConversationRecord:
    """Make the record of a conversation that is open, with home `HERE`."""
    base = {
        "id": ConversationId(number.to_bytes(16)),
        "home": HERE,
        "epoch": 1,
        "mode": Mode.TEXT,
        "highest": Step.CLEAR,
        "suite": 1,
        "kid": 258,
        "started": 1_800_000_000.25,
        "visitors": {role: VisitorId(UUID(int=10 + role)) for role in Role},
        "persons": {role: PersonId(UUID(int=20 + role)) for role in Role},
        "open": True,
        "ladder": LadderState(step=Step.TEXT, max=Step.CLEAR, version=1),
    }
    return ConversationRecord(**base | fields)


def ended(of: ConversationRecord, reasons=LEFT) -> ConversationRecord:
    """End it."""
    ending = Ending(at=of.started + 60, reasons=reasons, farewell=Farewell.BRB)
    return replace(of, ended=ending)
