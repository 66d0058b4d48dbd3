"""Who is here: every open socket of this process, by visitor."""

import asyncio
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from chat.close_codes import CloseCode
from chat.domain.codes import Code
from chat.domain.limits import FrameLimits
from chat.domain.policy import SOCKET, SocketPolicy
from chat.endpoint import Endpoint
from chat.outgoing import Outgoing
from chat.protocol import writing
from chat.protocol.server import ServerFrame
from chat.socket_tickets import Claims
from common import clock
from common.ids import ConversationId, VisitorId, WorkerId

if TYPE_CHECKING:
    from chat.seats import LocalSeat, Seat
    from chat.waiting import Waiting

_numbers = count(1)
Dismiss = Callable[["Connection", CloseCode], None]


class Connection(Endpoint):
    """One open socket: whose it is, what it does, and the way back to it.

    Identity is in `claims`, from the ticket; nothing a client sends changes it.
    """

    def __init__(self, claims: Claims, outgoing: Outgoing, *, dismiss: Dismiss) -> None:
        """Begin idle; `dismiss` is called when the client must go."""
        self.claims = claims
        self.number = next(_numbers)
        self.outgoing = outgoing
        self.heard_at = clock.monotonic()
        self.limits = FrameLimits(now=self.heard_at, policy=SOCKET)
        self.gone = False
        """Dismissed: what still arrives has no effect."""
        self.seat: Seat | None = None
        self.waiting: Waiting | None = None
        self.inviting: ConversationId | None = None
        """Matched with a socket of another process, whose answer is awaited."""
        self.declined: ConversationId | None = None
        """Accepted and then left before its match arrived: that comes too late."""
        self.last_conversation: ConversationId | None = None
        self.last_home: WorkerId | None = None
        """Where that one was held, if not here."""
        self._dismiss = dismiss
        self._slots = 0

    @property
    def idle(self) -> bool:
        """Say whether it is here and in no conversation."""
        return not self.gone and self.seat is None

    def next_slot(self) -> int:
        """Give the next conversation on this socket its number, from 1.

        The pace of queue joins keeps a day's worth below the 16 bits of the
        wire, and daphne lets no socket live longer than a day.
        """
        self._slots += 1
        return self._slots

    def at(self, conversation: ConversationId) -> "Connection":
        """Give the way to this socket in a conversation: itself."""
        return self

    def give_refusal(self, text: str) -> None:
        """Send an `error` that another process made; it counts as malformed."""
        self.give(text)
        self._dismiss_if_hopeless()

    def sit(self, seat: "LocalSeat") -> None:
        """Take a place in a conversation."""
        self.seat = seat

    @override
    def let_go(self, conversation: ConversationId) -> None:
        """Be idle again, if this is still the conversation it is in."""
        if self.seat is not None and self.seat.conversation == conversation:
            self.last_conversation, self.last_home = conversation, self.seat.home
            self.seat = None

    @override
    def close(self, code: CloseCode) -> None:
        """Go, after what was given before."""
        self._dismiss(self, code)

    @override
    def tell(self, frame: ServerFrame) -> None:
        """Send a JSON frame."""
        self.give(writing.encode(frame))

    @override
    def give(self, frame: str | bytes) -> None:
        """Send JSON or a record; who reads too slowly is dismissed.

        Not at once: this may be in the middle of a list of effects.
        """
        if not self.outgoing.give(frame):
            loop = asyncio.get_running_loop()
            loop.call_soon(self._dismiss, self, CloseCode.TOO_SLOW)

    @override
    def refuse(self, code: Code, **about: Any) -> None:
        """Answer a frame with an error; who sends much nonsense is dismissed."""
        self.tell(writing.error(code, **about))
        if code is Code.BAD_FRAME:
            self._dismiss_if_hopeless()

    def _dismiss_if_hopeless(self) -> None:
        if self.limits.hopeless(clock.monotonic()):
            loop = asyncio.get_running_loop()
            loop.call_soon(self._dismiss, self, CloseCode.NOT_THIS_PROTOCOL)


class Registry:
    """The open sockets of each visitor, at most so many."""

    def __init__(self, policy: SocketPolicy = SOCKET) -> None:
        """Start with nobody."""
        self._policy = policy
        self._of_visitor: dict[VisitorId, list[Connection]] = {}
        self._numbered: dict[int, Connection] = {}

    @property
    def online(self) -> int:
        """Count the visitors who have a socket open."""
        return len(self._of_visitor)

    @property
    def sockets(self) -> int:
        """Count the open sockets."""
        return len(self._numbered)

    def add(self, connection: Connection) -> Connection | None:
        """Add a socket.

        Returns:
            The visitor's socket heard from longest ago, when this one is one
            too many; it is for the caller to dismiss.

        """
        own = self._of_visitor.setdefault(connection.claims.visitor_id, [])
        own.append(connection)
        self._numbered[connection.number] = connection
        if len(own) <= self._policy.sockets:
            return None
        return min(own[:-1], key=lambda each: each.heard_at)

    def remove(self, connection: Connection) -> None:
        """Forget a socket; a second time is ignored."""
        visitor_id = connection.claims.visitor_id
        self._numbered.pop(connection.number, None)
        own = self._of_visitor.get(visitor_id, [])
        if connection in own:
            own.remove(connection)
        if not own:
            self._of_visitor.pop(visitor_id, None)

    def numbered(self, number: int) -> Connection | None:
        """Find an open socket by its number."""
        return self._numbered.get(number)

    def everyone(self) -> tuple[Connection, ...]:
        """List all open sockets."""
        return tuple(self._numbered.values())

    def of(self, visitor_id: VisitorId) -> tuple[Connection, ...]:
        """List a visitor's open sockets."""
        return tuple(self._of_visitor.get(visitor_id, ()))


@cache
def registry() -> Registry:
    """Return the registry of this process."""
    return Registry()
