"""The queue as sockets see it: joining, leaving, being told, being matched.

A socket has at most one place. Whatever becomes of a socket, its ticket goes
with it, and whoever was to be paired with a ticket that is no longer there goes
back to where they were.
"""

from dataclasses import replace
from functools import cache

from channels.db import database_sync_to_async
from django.db import DatabaseError

from chat.background import spawn
from chat.connections import Connection
from chat.domain import passage
from chat.domain.codes import Code
from chat.domain.passage import Kind
from chat.far import FarConnection
from chat.keys import key_ring
from chat.opening import open_conversation
from chat.protocol.client import QueueJoin
from chat.protocol.server import QueueLeft
from chat.queue_news import QueueNews
from chat.relay import relay
from chat.reunions import reunions
from chat.seats import FarSeat
from chat.waiting import Waiting
from common import clock
from common.ids import ConversationId, TicketId, new_ticket_id
from common.worker import worker_id
from creators.selectors import badges_of
from identity.configuration import policy as identity_policy
from identity.domain.preferences import (
    PreferenceError,
    check_strictness,
    clean_interests,
    clean_languages,
)
from matching.domain.interests import interests
from matching.domain.ticket import Ticket
from matching.selectors import waiting_numbers
from matching.services import ticket_offer, ticket_withdraw

TRY_AGAIN_SECONDS = 2.0
"""When the database did not answer."""


class Lobby:
    """Everyone of this process who waits."""

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: dict[TicketId, Waiting] = {}
        self._news = QueueNews(self._waiting)

    async def join(
        self, connection: Connection, asked: QueueJoin, *, ref: str | None
    ) -> None:
        """Give a socket a place in the queue, instead of the one it has."""
        refusal = _refusal(connection, asked)
        wait = connection.limits.join_wait(clock.monotonic())
        if refusal is None and wait:
            connection.refuse(Code.RATE_LIMITED, ref=ref, retry_after_seconds=wait)
        elif refusal is None:
            await self._take_in(connection, asked, ref)
        else:
            connection.refuse(refusal, ref=ref)

    async def leave(self, connection: Connection) -> None:
        """Give up a place, if there is one, and say so."""
        seat = connection.seat
        if isinstance(seat, FarSeat) and seat.invited is not None:
            seat.lose(connection)  # no match has reached the client yet: none will
            connection.declined = seat.conversation
            connection.seat = None
        await self.withdraw(connection)
        connection.tell(QueueLeft())

    def leave_quietly(self, connection: Connection) -> None:
        """Give up a place, if there is one: this socket was just matched."""
        if connection.waiting is not None:
            spawn(self._leave(connection), name="leaving the queue")

    async def withdraw(self, connection: Connection) -> Waiting | None:
        """Take a socket out of the queue; gives the place it still had.

        A match that was made before stands.
        """
        connection.inviting = None
        waiting = connection.waiting
        if waiting is None:
            return None
        still_waited = await ticket_withdraw(waiting.ticket.id)
        self._forget(waiting)
        return waiting if still_waited else None

    async def again(self, connection: Connection, conversation: ConversationId) -> None:
        """Match two anew who parted a moment ago and both wish it."""
        if not connection.idle:
            return
        if connection.last_home is None:
            await self._reunite(conversation, connection)
        elif connection.last_conversation == conversation:
            slot = passage.write_number(connection.next_slot())
            number = connection.number
            wish = passage.write(Kind.AGAIN, number, conversation, slot)
            relay().send(connection.last_home, wish)

    def again_from_afar(self, far: FarConnection) -> None:
        """Count the wish of a socket of another process."""
        spawn(self._reunite(far.conversation, far), name="meeting again")

    def pair_found(self, first: Ticket, second: Ticket) -> tuple[Waiting, ...]:
        """Open a conversation for two tickets that matching claimed.

        Returns:
            Who of them waits here, when that is not both: then nothing was done.

        """
        found = [self.claimed(ticket.id) for ticket in (first, second)]
        here = [each for each in found if each is not None and each.connection.idle]
        if len(here) == len(found):
            open_conversation(*here)
            return ()
        return tuple(here)

    async def offer_again(self, waiting: Waiting) -> None:
        """Put someone back who lost their partner; their wait goes on."""
        connection = waiting.connection
        if (
            isinstance(connection, Connection)
            and connection.idle
            and connection.waiting is None
        ):
            ticket = replace(waiting.ticket, id=new_ticket_id())
            await self._offer(replace(waiting, ticket=ticket), connection)

    def claimed(self, ticket: TicketId) -> Waiting | None:
        """Take out who waits with a ticket that matching claimed."""
        waiting = self._waiting.get(ticket)
        if waiting is not None:
            self._forget(waiting)
        return waiting

    async def _reunite(
        self, conversation: ConversationId, asking: Connection | FarConnection
    ) -> None:
        both = reunions().ask(conversation, asking)
        if both is None or not _idle(both):
            return
        ways = [side.connection for side in both]
        here = [way for way in ways if isinstance(way, Connection)]
        places = [await self.withdraw(each) for each in here]
        if _idle(both):
            reunions().close(conversation)
            open_conversation(*both)
            return
        for place in filter(None, places):
            await self.offer_again(place)

    async def _leave(self, connection: Connection) -> None:
        await self.withdraw(connection)

    async def _take_in(
        self, connection: Connection, asked: QueueJoin, ref: str | None
    ) -> None:
        try:
            ticket = _ticket(connection, asked)
            badges = await _prepare(connection)
        except PreferenceError:
            connection.refuse(Code.BAD_FRAME, ref=ref)
            return
        except DatabaseError:
            connection.refuse(
                Code.OVERLOADED, ref=ref, retry_after_seconds=TRY_AGAIN_SECONDS
            )
            return
        await self.withdraw(connection)
        if connection.seat is not None:  # matched while it asked
            connection.refuse(Code.ALREADY_IN_CONVERSATION, ref=ref)
            return
        numbers = await waiting_numbers(ticket.mode, other_than=ticket.person)
        waiting = Waiting(connection=connection, ticket=ticket, badges=badges)
        if connection.idle:
            self._news.tell(waiting, numbers)
            await self._offer(waiting, connection)

    async def _offer(self, waiting: Waiting, connection: Connection) -> None:
        """Let a ticket wait, but not longer than its socket."""
        self._waiting[waiting.ticket.id] = waiting
        connection.waiting = waiting
        self._news.keep_telling()
        await ticket_offer(waiting.ticket)
        if connection.gone:
            await ticket_withdraw(waiting.ticket.id)
            self._forget(waiting)

    def _forget(self, waiting: Waiting) -> None:
        self._waiting.pop(waiting.ticket.id, None)
        self._news.forget(waiting.ticket.id)
        connection = waiting.connection
        if isinstance(connection, Connection) and connection.waiting is waiting:
            connection.waiting = None


@cache
def lobby() -> Lobby:
    """Return the lobby of this process."""
    return Lobby()


def _refusal(connection: Connection, asked: QueueJoin) -> Code | None:
    if connection.seat is not None:
        return Code.ALREADY_IN_CONVERSATION
    if not connection.claims.known:
        return Code.OVERLOADED
    if asked.mode not in connection.claims.modes:
        return Code.MODE_NOT_ALLOWED
    return None


def _ticket(connection: Connection, asked: QueueJoin) -> Ticket:
    """Make a ticket; who it is for comes from the socket alone."""
    policy = identity_policy()
    languages = clean_languages(asked.languages, policy=policy)
    named = clean_interests(asked.interests, policy=policy)
    check_strictness(asked.strictness, languages=languages, interests=named)
    return Ticket(
        id=new_ticket_id(),
        owner=worker_id(),
        visitor=connection.claims.visitor_id,
        person=connection.claims.person_id,
        mode=asked.mode,
        since=clock.unix(),
        interests=interests(named),
        languages=languages,
        region=asked.region,
        regions=asked.regions,
        strictness=asked.strictness,
        suites=asked.suites,
    )


async def _prepare(connection: Connection) -> tuple[str, ...]:
    """Read what a match will need: the key of the day, and their badges."""
    await key_ring().ready()
    account_id = connection.claims.account_id
    if account_id is None:
        return ()
    return await database_sync_to_async(badges_of)(account_id)


def _idle(sides: tuple[Waiting, Waiting]) -> bool:
    return all(side.connection.idle for side in sides)
