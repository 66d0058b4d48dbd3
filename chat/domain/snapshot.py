"""A running conversation as bytes, for the process that takes it over.

What lives here: writing and reading everything that `ConversationState` holds
and its record does not. What may not: the stamp key, which never leaves a
process (the reader has its own copy), and anything that was said.

How it works. JSON, because it is rare: once for each conversation of a server
that drains. Times are written as seconds from now, since no two processes share
a steady clock. Buckets of signals and typing start anew, full.
"""

import json
from collections.abc import Mapping
from typing import Any

from chat.domain.direction import Counters, Held
from chat.domain.inputs import Moment
from chat.domain.ladder import LadderState, Step
from chat.domain.policy import ConversationPolicy
from chat.domain.state import ConversationState, Phase, Terms
from common.encoding import b64u_decode, b64u_encode
from common.ids import ConversationId
from common.vocabulary import Mode
from trust.domain.franking import Role, Stamp

VERSION = 1
_NOT_ONE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,  # a whole number too large for a time
    RecursionError,  # nested beyond reason
)


class SnapshotError(ValueError):
    """These bytes are not a snapshot that this version can read."""


def write(talk: ConversationState, now: Moment) -> bytes:
    """Take a conversation down as it stands at `now`."""
    terms = talk.terms
    document = {
        "version": VERSION,
        "id": b64u_encode(terms.id),
        "mode": terms.mode,
        "highest": terms.highest,
        "kid": terms.kid,
        "phase": talk.phase.value,
        "started": talk.started.unix,
        "age": now.steady - talk.started.steady,
        "ladder": [talk.ladder.step, talk.ladder.max, talk.ladder.version],
        "time_bucket": talk.time_bucket,
        "away": {role.name: at - now.steady for role, at in talk.away.items()},
        "claimed": {role.name: count for role, count in talk.claimed.items()},
        "sides": {role.name: _side(talk, role, now) for role in Role},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def read(
    raw: bytes, *, stamp_key: bytes, now: Moment, policy: ConversationPolicy
) -> ConversationState:
    """Stand where another process stood when it wrote this.

    Args:
        raw: what `write` gave.
        stamp_key: 32 bytes, of the key that the conversation's record names.
        now: on this process's clocks.
        policy: bounds.

    Raises:
        SnapshotError: it is not a snapshot.

    """
    try:
        return _state(json.loads(raw), stamp_key, now, policy)
    except _NOT_ONE as error:
        raise SnapshotError from error


def _side(talk: ConversationState, role: Role, now: Moment) -> dict[str, Any]:
    counters = talk.sides[role].sent.counters(now.steady)
    return {
        "slot": talk.sides[role].slot,
        "accepted": counters.accepted,
        "acked": counters.acked,
        "handed": counters.handed,
        "silent": counters.silent,
        "fresh": counters.fresh,
        "repeats": counters.repeats,
        "held": [
            [b64u_encode(each.commitment), b64u_encode(each.stamp)]
            for each in counters.held
        ],
    }


def _state(
    document: Mapping[str, Any],
    stamp_key: bytes,
    now: Moment,
    policy: ConversationPolicy,
) -> ConversationState:
    if document["version"] != VERSION:
        raise SnapshotError
    talk = ConversationState(_terms(document, stamp_key), now=now, policy=policy)
    began = now.steady - float(document["age"])
    talk.started = Moment(steady=began, unix=float(document["started"]))
    step, highest, version = document["ladder"]
    talk.phase = Phase(document["phase"])
    talk.ladder = LadderState(step=Step(step), max=Step(highest), version=version)
    talk.time_bucket = document["time_bucket"]
    talk.away = {Role[k]: now.steady + v for k, v in document["away"].items()}
    talk.claimed = {Role[k]: count for k, count in document["claimed"].items()}
    for role in Role:
        talk.sides[role].sent.restore(_counters(document["sides"][role.name]))
    return talk


def _terms(document: Mapping[str, Any], stamp_key: bytes) -> Terms:
    return Terms(
        id=ConversationId(b64u_decode(document["id"])),
        mode=Mode(document["mode"]),
        highest=Step(document["highest"]),
        slots={role: document["sides"][role.name]["slot"] for role in Role},
        kid=document["kid"],
        stamp_key=stamp_key,
    )


def _counters(side: Mapping[str, Any]) -> Counters:
    held = tuple(
        Held(b64u_decode(commitment), Stamp.decode(b64u_decode(stamp)).encode())
        for commitment, stamp in side["held"]
    )
    return Counters(
        accepted=side["accepted"],
        acked=side["acked"],
        handed=side["handed"],
        silent=side["silent"],
        held=held,
        fresh=side["fresh"],
        repeats=side["repeats"],
    )
