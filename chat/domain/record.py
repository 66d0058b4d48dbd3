"""What outlives the process that holds a conversation: its record.

What lives here: the record as data and as bytes, and what follows from it: who
may write it, when another process may take the conversation over, what a side
that comes back too late is told. What may not: stores, counters, anything said.

How it works. A conversation lives whole in one process, its home. The record
says which one, and at which epoch: every change of home raises it by one, so
that a former home that wakes up late is recognised and changes nothing. The
first end that is written stands. Written on rare events only, never for a
message.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any
from uuid import UUID

from chat.domain.effects import EndReason
from chat.domain.inputs import Farewell
from chat.domain.ladder import STEP_OF_WORD, LadderState, Step
from chat.domain.policy import RecordPolicy
from common.encoding import b64u_decode, b64u_encode
from common.ids import ConversationId, PersonId, VisitorId, WorkerId
from common.vocabulary import Mode
from trust.domain.franking import Role

VERSION = 1
"""Of the text form. Another one is not guessed at."""

_ID_BYTES = 16
_U8, _U16 = 0xFF, 0xFFFF
_MANY = 1 << 53
"""Below this, JSON numbers are exact everywhere."""


class RecordError(ValueError):
    """These bytes are no record that this version can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a conversation ended."""

    at: float
    """Seconds since 1970."""
    reasons: Mapping[Role, EndReason]
    """What each side is told; a side that is missing came too late itself."""
    farewell: Farewell | None = None
    """For the side that is told `partner_left`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRecord:
    """A conversation as every process can know it.

    Attributes:
        id: the conversation.
        home: the process that holds it.
        epoch: from 1; one more with every change of home.
        mode: what both chose.
        highest: the step above which the ladder may not go.
        suite: number of the encryption suite, u8.
        kid: number of the stamp key, u16.
        started: seconds since 1970.
        visitors: who sits on each side.
        persons: who is behind each visitor.
        open: the handshake is done; before, nothing of it can be taken over.
        ladder: where it stands; an open proposal is not kept.
        ended: set once.

    """

    id: ConversationId
    home: WorkerId
    epoch: int
    mode: Mode
    highest: Step
    suite: int
    kid: int
    started: float
    visitors: Mapping[Role, VisitorId]
    persons: Mapping[Role, PersonId]
    open: bool
    ladder: LadderState
    ended: Ending | None = None


class Takeover(Enum):
    """Whether a process that is asked to resume may make itself the home."""

    FREE = "free"
    """The home is gone: whoever writes the next epoch first is the new one."""
    HOME_LIVES = "home lives"
    """Ask the home; only it can give the conversation away."""
    STORE_YOUNG = "store young"
    """Homes are still writing back what the store lost: look again soon."""
    UNFINISHED = "unfinished"
    """The handshake went with its home: it can only be ended."""
    ENDED = "ended"
    UNKNOWN = "unknown"
    """No record is kept, so there is nothing to go on with."""


def may_take_over(
    record: ConversationRecord | None,
    *,
    home_alive: bool,
    store_age_seconds: float,
    policy: RecordPolicy,
) -> Takeover:
    """Say whether the conversation is anyone's to take.

    Args:
        record: as it stands in the store, or `None` when it does not.
        home_alive: the lease of `record.home` is there.
        store_age_seconds: since the store was born, or came back empty; read
            after the record and the lease.
        policy: how long a store is young.

    """
    if record is not None and record.ended is not None:
        return Takeover.ENDED
    if record is not None and home_alive:
        return Takeover.HOME_LIVES
    if store_age_seconds < policy.young_seconds:
        return Takeover.STORE_YOUNG
    if record is None:
        return Takeover.UNKNOWN
    return Takeover.FREE if record.open else Takeover.UNFINISHED


def may_write(record: ConversationRecord, *, over: ConversationRecord | None) -> bool:
    """Say whether a home may write its record over what stands there.

    `False` tells the writer that it is the home no longer, or that the
    conversation has ended.
    """
    if over is None:
        return True
    return over.ended is None and (
        over.epoch < record.epoch
        or (over.epoch == record.epoch and over.home == record.home)
    )


def with_home(record: ConversationRecord, home: WorkerId) -> ConversationRecord:
    """Make the record of the next epoch, at a new home."""
    return replace(record, home=home, epoch=record.epoch + 1)


def told(record: ConversationRecord | None, role: Role) -> EndReason:
    """Say what a side is told that cannot be taken back into its conversation.

    The reason that was kept; `expired` when there is none, be it that this
    side's own time ran out or that the whole conversation is gone.
    """
    if record is None or record.ended is None:
        return EndReason.EXPIRED
    return record.ended.reasons.get(role, EndReason.EXPIRED)


def write(record: ConversationRecord) -> bytes:
    """Write a record as versioned JSON."""
    ladder = record.ladder
    document = {
        "version": VERSION,
        "id": b64u_encode(record.id),
        "home": record.home,
        "epoch": record.epoch,
        "mode": record.mode,
        "highest": record.highest.word,
        "suite": record.suite,
        "kid": record.kid,
        "started": record.started,
        "visitors": {role.name: str(record.visitors[role]) for role in Role},
        "persons": {role.name: str(record.persons[role]) for role in Role},
        "open": record.open,
        "ladder": [ladder.step.word, ladder.max.word, ladder.version],
        "ended": None if record.ended is None else _ending_document(record.ended),
    }
    return json.dumps(document, separators=(",", ":")).encode()


def read(raw: bytes | str) -> ConversationRecord:
    """Read what `write` wrote.

    Raises:
        RecordError: it is anything else.

    """
    try:
        return _record(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError from error


def _ending_document(ended: Ending) -> dict[str, Any]:
    return {
        "at": ended.at,
        "reasons": {role.name: why for role, why in ended.reasons.items()},
        "farewell": ended.farewell,
    }


def _record(document: Mapping[str, Any]) -> ConversationRecord:
    if _whole(document["version"]) != VERSION:
        raise RecordError
    visitors, persons = document["visitors"], document["persons"]
    ended = document["ended"]
    return ConversationRecord(
        id=_conversation(document["id"]),
        home=WorkerId(_text(document["home"])),
        epoch=_whole(document["epoch"], least=1),
        mode=Mode(document["mode"]),
        highest=STEP_OF_WORD[document["highest"]],
        suite=_whole(document["suite"], most=_U8),
        kid=_whole(document["kid"], most=_U16),
        started=_seconds(document["started"]),
        visitors={role: VisitorId(UUID(visitors[role.name])) for role in Role},
        persons={role: PersonId(UUID(persons[role.name])) for role in Role},
        open=_truth(document["open"]),
        ladder=_ladder(document["ladder"]),
        ended=None if ended is None else _ending(ended),
    )


def _ending(document: Mapping[str, Any]) -> Ending:
    farewell = document["farewell"]
    return Ending(
        at=_seconds(document["at"]),
        reasons={Role[k]: EndReason(why) for k, why in document["reasons"].items()},
        farewell=None if farewell is None else Farewell(farewell),
    )


def _ladder(parts: list[Any]) -> LadderState:
    step, highest, version = parts
    return LadderState(
        step=STEP_OF_WORD[step],
        max=STEP_OF_WORD[highest],
        version=_whole(version, least=1),
    )


def _conversation(text: str) -> ConversationId:
    raw = b64u_decode(text)
    if len(raw) != _ID_BYTES:
        raise RecordError
    return ConversationId(raw)


def _whole(value: object, *, least: int = 0, most: int = _MANY) -> int:
    # `True` is an int to Python, and not to JSON.
    if type(value) is not int or not least <= value <= most:
        raise RecordError
    return value


def _seconds(value: Any) -> float:
    # Refuses `NaN` and `Infinity` too: Python reads them, and JSON has neither.
    if type(value) not in {int, float} or not 0 <= value <= _MANY:
        raise RecordError
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise RecordError
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise RecordError
    return value
