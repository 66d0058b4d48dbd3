"""The queue as sockets see it: joining, leaving, being told, being matched.

A socket has at most one place. Whatever becomes of a socket, its ticket goes
with it, and whoever was to be paired with a ticket that is no longer there goes
back to where they were.
"""

import asyncio
from dataclasses import replace
from functools import cache

from channels.db import database_sync_to_async
from django.db import DatabaseError

from chat.background import spawn
from chat.connections import Connection
from chat.domain.codes import Code
from chat.domain.policy import SOCKET
from chat.keys import key_ring
from chat.opening import open_conversation
from chat.protocol.client import QueueJoin
from chat.protocol.server import ExpectedSeconds, QueueLeft, QueueWaiting
from chat.protocol.writing import instant
from chat.reunions import reunions
from chat.waiting import Waiting
from common import clock
from common.ids import ConversationId, TicketId, new_ticket_id
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
from matching.events import PairFound
from matching.selectors import WaitingNumbers, waiting_numbers
from matching.services import ticket_offer, ticket_withdraw

TRY_AGAIN_SECONDS = 2.0
"""When the database did not answer."""


class Lobby:
    """Everyone of this process who waits."""

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: dict[TicketId, Waiting] = {}
        self._told: dict[TicketId, QueueWaiting] = {}
        self._telling = False

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
        await self.withdraw(connection)
        connection.tell(QueueLeft())

    async def withdraw(self, connection: Connection) -> Waiting | None:
        """Take a socket out of the queue; gives the place it still had.

        A match that was made before stands.
        """
        waiting = connection.waiting
        if waiting is None:
            return None
        still_waited = await ticket_withdraw(waiting.ticket.id)
        self._forget(waiting)
        return waiting if still_waited else None

    async def again(self, connection: Connection, conversation: ConversationId) -> None:
        """Match two anew who parted a moment ago and both wish it."""
        both = reunions().ask(conversation, connection) if connection.idle else None
        if both is None or not _idle(both):
            return
        places = [await self.withdraw(side.connection) for side in both]
        if _idle(both):
            reunions().close(conversation)
            open_conversation(*both)
            return
        for place in filter(None, places):
            await self._offer_again(place)

    def pair_found(self, pair: PairFound) -> None:
        """Open a conversation for two tickets that matching claimed."""
        found = [self._claimed(ticket) for ticket in (pair.first, pair.second)]
        here = [each for each in found if each is not None and each.connection.idle]
        if len(here) == len(found):
            open_conversation(*here)
            return
        for left_over in here:
            spawn(self._offer_again(left_over), name="offering a ticket again")

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
            self._tell(waiting, numbers)
            await self._offer(waiting)

    async def _offer(self, waiting: Waiting) -> None:
        """Let a ticket wait, but not longer than its socket."""
        self._waiting[waiting.ticket.id] = waiting
        waiting.connection.waiting = waiting
        self._keep_telling()
        await ticket_offer(waiting.ticket)
        if waiting.connection.gone:
            await ticket_withdraw(waiting.ticket.id)
            self._forget(waiting)

    async def _offer_again(self, waiting: Waiting) -> None:
        """Put someone back who lost their partner; their wait goes on."""
        connection = waiting.connection
        if connection.idle and connection.waiting is None:
            ticket = replace(waiting.ticket, id=new_ticket_id())
            await self._offer(replace(waiting, ticket=ticket))

    def _claimed(self, ticket: Ticket) -> Waiting | None:
        waiting = self._waiting.get(ticket.id)
        if waiting is not None:
            self._forget(waiting)
        return waiting

    def _forget(self, waiting: Waiting) -> None:
        self._waiting.pop(waiting.ticket.id, None)
        self._told.pop(waiting.ticket.id, None)
        if waiting.connection.waiting is waiting:
            waiting.connection.waiting = None

    def _tell(self, waiting: Waiting, numbers: WaitingNumbers) -> None:
        """Tell someone how many wait, if that is news."""
        frame = _waiting_frame(waiting.ticket, numbers)
        if self._told.get(waiting.ticket.id) != frame:
            self._told[waiting.ticket.id] = frame
            waiting.connection.tell(frame)

    def _keep_telling(self) -> None:
        if not self._telling:
            self._telling = True
            spawn(self._tell_while_anyone_waits(), name="telling who waits")

    async def _tell_while_anyone_waits(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(SOCKET.waiting_seconds)
                await self._tell_everyone()
        finally:
            self._telling = False

    async def _tell_everyone(self) -> None:
        """Count once a mode; everyone is one of those counted."""
        modes = {waiting.ticket.mode for waiting in self._waiting.values()}
        numbers = {mode: await waiting_numbers(mode) for mode in modes}
        for waiting in tuple(self._waiting.values()):
            counted = numbers.get(waiting.ticket.mode)
            if counted is not None:
                others = max(0, counted.waiting - 1)
                self._tell(waiting, replace(counted, waiting=others))


@cache
def lobby() -> Lobby:
    """Return the lobby of this process."""
    return Lobby()


def _refusal(connection: Connection, asked: QueueJoin) -> Code | None:
    if connection.seat is not None:
        return Code.ALREADY_IN_CONVERSATION
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


def _waiting_frame(ticket: Ticket, numbers: WaitingNumbers) -> QueueWaiting:
    return QueueWaiting(
        waiting=numbers.waiting,
        expected_seconds=expected_seconds(numbers),
        since=instant(ticket.since),
    )


def expected_seconds(numbers: WaitingNumbers) -> ExpectedSeconds | None:
    """Write what recent waits promise, in tenths of a second."""
    if numbers.expected is None:
        return None
    return ExpectedSeconds(
        p50=round(numbers.expected.p50, 1), p90=round(numbers.expected.p90, 1)
    )
