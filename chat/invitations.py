"""Two whose sockets are on different processes meet.

Matching tells the process of the first ticket about a pair. It becomes the home
and invites the second's process, which seats its socket if that is still there
and free. Until the answer is in, either may go away: then the other one is
offered to matching again, and its wait goes on.
"""

import asyncio
import json
from functools import cache

from chat.background import spawn
from chat.connections import Connection
from chat.domain import passage
from chat.domain.passage import NO_SOCKET, Kind, PassageError
from chat.far import FarConnection
from chat.lobby import lobby
from chat.opening import open_conversation
from chat.relay import relay
from chat.seats import FarSeat
from chat.waiting import Waiting
from common.ids import ConversationId, TicketId, WorkerId, new_conversation_id
from common.worker import worker_id
from matching.domain.ticket import Ticket
from matching.events import PairFound
from matching.services import ticket_withdraw

ANSWER_SECONDS = 2.0
"""A process that lives answers in milliseconds."""


class Invitations:
    """Who of this process waits for the answer of another one."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._sent: dict[ConversationId, tuple[Waiting, Ticket]] = {}

    # --- at the first one's process ------------------------------------------

    def pair_found(self, pair: PairFound) -> None:
        """Open a conversation for a pair, here or across processes."""
        first, second = pair.first, pair.second
        if second.owner == worker_id():
            for left_over in lobby().pair_found(first, second):
                spawn(lobby().offer_again(left_over), name="offering a ticket again")
            return
        waiting = lobby().claimed(first.id)
        if waiting is not None and waiting.connection.idle:
            self.invite(waiting, second)
        else:
            _tell_owner(Kind.NOBODY_COMES, new_conversation_id(), second)

    def invite(self, first: Waiting, second: Ticket) -> None:
        """Ask the second's process; `first` is here and idle."""
        conversation = new_conversation_id()
        self._sent[conversation] = (first, second)
        _inviting(first).inviting = conversation
        _tell_owner(Kind.INVITE, conversation, second)
        loop = asyncio.get_running_loop()
        loop.call_later(ANSWER_SECONDS, self.declined, conversation)

    def accepted(
        self, worker: WorkerId, socket: int, conversation: ConversationId, answer: bytes
    ) -> None:
        """Open the conversation, or let the other one wait on."""
        slot, badges = _read_acceptance(answer)
        far = FarConnection(worker, socket, conversation, slot)
        sent = self._sent.pop(conversation, None)
        if sent is None or not _still_inviting(sent[0], conversation):
            far.uninvite()
            return
        first, ticket = sent
        _inviting(first).inviting = None
        second = Waiting(connection=far, ticket=ticket, badges=badges)
        open_conversation(first, second, conversation=conversation)

    def declined(self, conversation: ConversationId) -> None:
        """Let the first one wait on; also when no answer came."""
        sent = self._sent.pop(conversation, None)
        if sent is not None and _still_inviting(sent[0], conversation):
            _inviting(sent[0]).inviting = None
            spawn(lobby().offer_again(sent[0]), name="offering a ticket again")

    # --- at the second one's process ------------------------------------------

    def invited(
        self, home: WorkerId, conversation: ConversationId, ticket: TicketId
    ) -> None:
        """Seat a socket of this process, if it is still here and free."""
        waiting = lobby().claimed(ticket)
        if waiting is None or not waiting.connection.idle:
            refusal = passage.write(Kind.DECLINE, NO_SOCKET, conversation)
            relay().send(home, refusal)
            return
        spawn(_stop_renewing(ticket), name="leaving the queue")
        connection = _inviting(waiting)
        connection.seat = FarSeat(home, conversation, connection.number, waiting)
        answer = _write_acceptance(connection.next_slot(), waiting.badges)
        accepted = passage.write(Kind.ACCEPT, connection.number, conversation, answer)
        relay().send(home, accepted)


def nobody_comes(ticket: TicketId) -> None:
    """Let someone of this process wait on who was matched with one who has left."""
    waiting = lobby().claimed(ticket)
    if waiting is not None:
        spawn(_stop_renewing(ticket), name="leaving the queue")
        spawn(lobby().offer_again(waiting), name="offering a ticket again")


def uninvited(connection: Connection, conversation: ConversationId) -> None:
    """Let a socket of this process wait on: its partner went before they met."""
    seat = connection.seat
    if isinstance(seat, FarSeat) and seat.conversation == conversation:
        connection.seat = None
        if seat.invited is not None:
            spawn(lobby().offer_again(seat.invited), name="offering a ticket again")


@cache
def invitations() -> Invitations:
    """Return the invitations of this process."""
    return Invitations()


def _tell_owner(kind: Kind, conversation: ConversationId, ticket: Ticket) -> None:
    told = passage.write(kind, NO_SOCKET, conversation, ticket.id.encode())
    relay().send(ticket.owner, told)


async def _stop_renewing(ticket: TicketId) -> None:
    await ticket_withdraw(ticket)


def _inviting(waiting: Waiting) -> Connection:
    """Narrow: whoever is in this process's lobby has a socket of this process."""
    if not isinstance(waiting.connection, Connection):
        raise TypeError("only sockets of this process wait in its lobby")
    return waiting.connection


def _still_inviting(first: Waiting, conversation: ConversationId) -> bool:
    connection = _inviting(first)
    return connection.idle and connection.inviting == conversation


def _write_acceptance(slot: int, badges: tuple[str, ...]) -> bytes:
    return passage.write_number(slot) + json.dumps(badges).encode()


def _read_acceptance(payload: bytes) -> tuple[int, tuple[str, ...]]:
    slot, rest = passage.read_number(payload)
    try:
        return slot, tuple(map(str, json.loads(rest)))
    except (ValueError, TypeError) as error:
        raise PassageError from error
