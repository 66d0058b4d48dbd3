"""Where a socket sits: in a conversation that is held here, or in another process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chat.domain import passage
from chat.domain.inputs import Recorded, Said
from chat.domain.passage import Kind
from chat.endpoint import Endpoint
from chat.relay import relay
from common.ids import ConversationId, WorkerId
from trust.domain.franking import Role

if TYPE_CHECKING:
    from chat.live import LiveConversation
    from chat.waiting import Waiting


class Seat(Protocol):
    """A place in a conversation, as the socket sees it."""

    @property
    def conversation(self) -> ConversationId:
        """Which one."""
        ...

    @property
    def home(self) -> WorkerId | None:
        """The process that holds it, if it is another one."""
        ...

    def hear_records(self, said: Sequence[Recorded], frame: bytes) -> None:
        """Bring what came as records, in one frame."""
        ...

    def hear_frame(self, said: Said, text: str, ref: str | None) -> None:
        """Bring what came as JSON."""
        ...

    def lose(self, endpoint: Endpoint) -> None:
        """Say that the socket is gone."""
        ...


@dataclass(frozen=True, slots=True)
class LocalSeat:
    """A side of a conversation that is held here."""

    live: "LiveConversation"
    role: Role

    @property
    def conversation(self) -> ConversationId:
        """Which one."""
        return self.live.id

    @property
    def home(self) -> WorkerId | None:
        """None: it is here."""
        return None

    def hear_records(self, said: Sequence[Recorded], frame: bytes) -> None:
        """Bring each to the conversation."""
        for each in said:
            self.live.hear(each, by=self.role)

    def hear_frame(self, said: Said, text: str, ref: str | None) -> None:
        """Bring it to the conversation."""
        self.live.hear(said, by=self.role, ref=ref)

    def lose(self, endpoint: Endpoint) -> None:
        """Let the side be away."""
        self.live.lose(endpoint)


@dataclass(slots=True)
class FarSeat:
    """A side of a conversation that another process holds."""

    home: WorkerId
    conversation: ConversationId
    socket: int
    invited: "Waiting | None" = None
    """The ticket that led here, for as long as no match has followed."""

    def hear_records(self, said: Sequence[Recorded], frame: bytes) -> None:
        """Send them to the home, as they came: what rode along rides on."""
        self._send(Kind.HEAR_RECORD, frame)

    def hear_frame(self, said: Said, text: str, ref: str | None) -> None:
        """Send it to the home, as it came."""
        self._send(Kind.HEAR_TEXT, text.encode())

    def lose(self, endpoint: Endpoint) -> None:
        """Tell the home."""
        self._send(Kind.LOST)

    def _send(self, kind: Kind, payload: bytes = b"") -> None:
        sent = passage.write(kind, self.socket, self.conversation, payload)
        relay().send(self.home, sent)
