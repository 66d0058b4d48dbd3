"""Going on with a conversation whose process died with all that it knew.

What lives here: where a conversation stands when nothing is left of it but its
record. What may not: who may take it over (`record.py`), or what the two
clients then say (`presence.py`).

How it works. Both sides are away, and their windows begin now. Each client
names what it has received; both directions go on from there.
"""

from dataclasses import replace

from chat.domain.inputs import Moment
from chat.domain.ladder import LadderState
from chat.domain.policy import ConversationPolicy
from chat.domain.record import ConversationRecord
from chat.domain.state import ConversationState, Phase, Terms
from trust.domain.franking import Role

NO_SOCKET_YET = 0
"""Slots count from 1."""
VERSIONS_UNSAVED = 1000
"""Changes of a ladder that may not have reached the record: it is written soon,
but not at once, and a client ignores a version that it has seen."""


def recover(
    record: ConversationRecord,
    *,
    stamp_key: bytes,
    now: Moment,
    policy: ConversationPolicy,
) -> ConversationState:
    """Await both sides of a recorded conversation.

    Args:
        record: as this process took it over.
        stamp_key: 32 bytes, of `record.kid`.
        now: on this process's clocks.
        policy: bounds.

    """
    terms = Terms(
        id=record.id,
        mode=record.mode,
        highest=record.highest,
        slots=dict.fromkeys(Role, NO_SOCKET_YET),
        kid=record.kid,
        stamp_key=stamp_key,
    )
    talk = ConversationState(terms, now=now, policy=policy)
    age = max(0.0, now.unix - record.started)
    talk.started = Moment(steady=now.steady - age, unix=record.started)
    talk.phase = Phase.RECOVERING
    talk.ladder = _above_all_seen(record.ladder)
    until = now.steady + policy.resume_window_seconds
    talk.away = dict.fromkeys(Role, until)
    return talk


def _above_all_seen(ladder: LadderState) -> LadderState:
    return replace(ladder, version=ladder.version + VERSIONS_UNSAVED)
