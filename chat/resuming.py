"""A client comes back on a newer socket: finding its conversation, wherever it is.

The record says which process is its home. That process is asked; one that drains
gives the conversation away, and this one becomes the home. When the home is
dead, whoever first writes the next epoch into the record goes on, from what the
two clients say they have (`chat.domain.presence`). Every resume is answered: by
`conversation.resumed`, by one `conversation.ended` with the reason that was kept,
or, when no answer could be had, by a close that makes the client try again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from django.db import DatabaseError
from redis.exceptions import RedisError

from chat.close_codes import CloseCode
from chat.connections import Connection
from chat.conversation_stores import conversation_store
from chat.domain import passage, recovery, snapshot
from chat.domain.conversation import Conversation
from chat.domain.effects import EndReason
from chat.domain.inputs import Leave, LeaveReason, Resumed
from chat.domain.passage import Kind
from chat.domain.policy import CONVERSATION, RECORD
from chat.domain.record import (
    ConversationRecord,
    Ending,
    RecordError,
    Takeover,
    may_take_over,
    told,
    with_home,
)
from chat.domain.resume_token import Place
from chat.domain.snapshot import SnapshotError
from chat.domain.state import ConversationState, Phase
from chat.home_answers import Answer, home_answers
from chat.keys import key_ring
from chat.live import LiveConversation, conversations, moment
from chat.protocol.server import Ended, Receipt
from chat.protocol.writing import instant
from chat.record_keeper import unwritten_ends
from chat.relay import relay
from chat.seats import FarSeat, LocalSeat
from chat.standing import standing
from chat.worker_directory import workers
from common import clock
from common.ids import ConversationId, WorkerId
from common.worker import worker_id
from trust.domain.franking import Role

LOOK_AGAIN_SECONDS = 0.2
HOME_SECONDS = 1.0
"""Between two looks whether a home that has not answered still lives."""
GIVE_UP_SECONDS = 15.0
"""A home that is paused holds its lease for 5 s, a store that was lost is not
trusted for 5 s: after both, someone has answered."""

NOT_NOW = (RedisError, DatabaseError, TimeoutError, OSError, RecordError, SnapshotError)
"""A store that is away, or what another version of this program wrote."""

_asked: set[ConversationId] = set()
"""Two sides that come back at once must not both make this process the home."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A socket of this process, and the side it wants to sit on again."""

    connection: Connection
    place: Place
    received: int


async def resume(coming: Coming) -> None:
    """Take a client back into its conversation, or tell it how that ended."""
    until = clock.monotonic() + GIVE_UP_SECONDS
    while not coming.connection.gone and clock.monotonic() < until:
        if standing().sure() and await _tried(coming):
            return
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    coming.connection.close(CloseCode.MOVED)


async def _tried(coming: Coming) -> bool:
    """Try once; says whether the client was answered."""
    conversation = coming.place.conversation
    if _answered_here(coming):
        return True
    if conversation in _asked:
        return False  # its partner is here too, and asks already
    _asked.add(conversation)
    try:
        return await _ask_around(coming)
    except NOT_NOW:
        return False
    finally:
        _asked.discard(conversation)


def _answered_here(coming: Coming) -> bool:
    """Answer from what this process holds; says whether it could."""
    if coming.connection.seat is not None:
        return True  # a home that had been given up answered after all
    live = conversations().get(coming.place.conversation)
    if live is not None:
        _sit_down(coming, live)
        return True
    ended = unwritten_ends().get(coming.place.conversation)
    return ended is not None and _tell_ended(coming, ended)


def _sit_down(coming: Coming, live: LiveConversation) -> None:
    """Go on in a conversation that is held here."""
    connection, role = coming.connection, coming.place.role
    connection.sit(LocalSeat(live, role))
    resumed = Resumed(slot=connection.next_slot(), received=coming.received)
    live.resume(resumed, by=role, endpoint=connection)


async def _ask_around(coming: Coming) -> bool:
    record = await conversation_store().get(coming.place.conversation)
    alive = record is not None and await workers().alive(record.home)
    verdict = may_take_over(
        record,
        home_alive=alive and record is not None and record.home != worker_id(),
        store_age_seconds=await conversation_store().age_seconds(),
        policy=RECORD,
    )
    if record is None or verdict in {Takeover.ENDED, Takeover.UNKNOWN}:
        return verdict is not Takeover.STORE_YOUNG and _tell_ended(coming, record)
    act = _ACTS.get(verdict)
    return False if act is None else await act(coming, record)


async def _ask_home(coming: Coming, record: ConversationRecord) -> bool:
    """Let the home answer; it may give the conversation away instead."""
    connection = coming.connection
    answer = home_answers().expect(connection.number)
    seat = FarSeat(record.home, record.id, connection.number)
    connection.seat = seat
    place = passage.Place(
        role=coming.place.role, slot=connection.next_slot(), received=coming.received
    )
    asked = passage.write(
        Kind.RESUME, connection.number, record.id, passage.write_place(place)
    )
    relay().send(record.home, asked)
    try:
        said = await _unless_dead(answer, coming, record.home)
    finally:
        home_answers().forget(connection.number)
    if said is Answer.ANSWERED:
        return True
    if connection.seat is seat:
        connection.seat = None
    if isinstance(said, bytes):
        return await _take_in(coming, record, said)
    return False


async def _unless_dead(
    answer: "asyncio.Future[Answer | bytes]", coming: Coming, home: WorkerId
) -> Answer | bytes:
    """Wait for as long as the home lives, and the socket, and it makes sense."""
    until = clock.monotonic() + GIVE_UP_SECONDS
    while not answer.done() and clock.monotonic() < until:
        await asyncio.wait((answer,), timeout=HOME_SECONDS)
        if coming.connection.gone or not (answer.done() or await _lives(home)):
            break
    return answer.result() if answer.done() else Answer.UNKNOWN


async def _lives(home: WorkerId) -> bool:
    try:
        return await workers().alive(home)
    except RedisError:
        return False  # nobody knows: ask anew


async def _take_in(coming: Coming, record: ConversationRecord, raw: bytes) -> bool:
    """Become the home of a conversation that was given away."""
    key = await key_ring().stamp_key(record.kid)
    if key is None:
        return await _end(record, EndReason.EXPIRED)
    state = snapshot.read(raw, stamp_key=key, now=moment(), policy=CONVERSATION)
    if state.phase not in {Phase.OPEN, Phase.RECOVERING}:
        return await _end_unfinished(coming, record)
    for role in Role:
        if role not in state.away:  # its socket was told to move
            state.away[role] = moment().steady + CONVERSATION.resume_window_seconds
    return await _surely_become_home(coming, record, state)


async def _take_over(coming: Coming, record: ConversationRecord) -> bool:
    """Become the home of a conversation whose home died."""
    key = await key_ring().stamp_key(record.kid)
    if key is None:
        return await _end(record, EndReason.EXPIRED)
    now = moment()
    state = recovery.recover(record, stamp_key=key, now=now, policy=CONVERSATION)
    return await _surely_become_home(coming, record, state)


async def _surely_become_home(
    coming: Coming, record: ConversationRecord, state: ConversationState
) -> bool:
    """Not half: a record that names this process must find the conversation here."""
    return await asyncio.shield(_become_home(coming, record, state))


async def _become_home(
    coming: Coming, record: ConversationRecord, state: ConversationState
) -> bool:
    ours = replace(with_home(record, worker_id()), open=True, ladder=state.ladder)
    if not await conversation_store().take_over(ours, was_epoch=record.epoch):
        return False  # someone else did
    live = LiveConversation(Conversation(state), ours)
    live.go_on()
    if not coming.connection.gone:
        _sit_down(coming, live)
    return True


async def _end_unfinished(coming: Coming, record: ConversationRecord) -> bool:
    """End a handshake whose home is gone."""
    return await _end(record, EndReason.PARTNER_LOST)


async def _end(record: ConversationRecord, reason: EndReason) -> bool:
    ended = Ending(at=clock.unix(), reasons=dict.fromkeys(Role, reason))
    await conversation_store().end(replace(record, ended=ended))
    return False  # look again: the reason stands in the record now


_ACTS: dict[Takeover, Callable[[Coming, ConversationRecord], Awaitable[bool]]] = {
    Takeover.HOME_LIVES: _ask_home,
    Takeover.FREE: _take_over,
    Takeover.UNFINISHED: _end_unfinished,
}


def _tell_ended(coming: Coming, record: ConversationRecord | None) -> bool:
    """Tell how it ended, once."""
    ended = None if record is None else record.ended
    reason = told(record, coming.place.role)
    receipt = farewell = None
    if record is not None and ended is not None:
        receipt = Receipt(started=instant(record.started), ended=instant(ended.at))
        if reason is EndReason.PARTNER_LEFT:
            farewell = ended.farewell
    coming.connection.tell(
        Ended(
            conversation=coming.place.conversation,
            reason=reason,
            receipt=receipt,
            farewell=farewell,
        )
    )
    return True


async def leave_elsewhere(place: Place, text: str, said: Leave) -> None:
    """Leave a conversation of another socket of this visitor, wherever it is held."""
    live = conversations().get(place.conversation)
    if live is not None:
        live.hear(said, by=place.role)
        return
    record = await conversation_store().get(place.conversation)
    if record is None or record.ended is not None or record.home == worker_id():
        return
    if not await workers().alive(record.home):
        await _leave_the_dead(record, place.role, said)
        return
    payload = bytes((place.role,)) + text.encode()
    left = passage.write(Kind.LEAVE_FOR, passage.NO_SOCKET, record.id, payload)
    relay().send(record.home, left)


async def _leave_the_dead(record: ConversationRecord, by: Role, said: Leave) -> None:
    """End a conversation that no process holds; the partner learns it on its return."""
    reasons = {by: EndReason.LEFT, by.other: EndReason.PARTNER_LEFT}
    if said.reason is LeaveReason.INTEGRITY:
        reasons = dict.fromkeys(Role, EndReason.INTEGRITY)
    ended = Ending(at=clock.unix(), reasons=reasons, farewell=said.farewell)
    await conversation_store().end(replace(record, ended=ended))
