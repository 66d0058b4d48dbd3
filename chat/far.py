"""A socket on another process, as the home of its conversation sees it."""

from dataclasses import dataclass, field, replace
from typing import Any

from typing_extensions import override

from chat.close_codes import CloseCode
from chat.domain import passage
from chat.domain.codes import Code
from chat.domain.passage import Kind
from chat.endpoint import Endpoint
from chat.protocol import writing
from chat.protocol.server import ServerFrame
from chat.relay import relay
from chat.seats import LocalSeat
from common.ids import ConversationId, WorkerId


@dataclass(frozen=True, slots=True)
class FarConnection(Endpoint):
    """Named by its process and that process's number for it."""

    worker: WorkerId
    number: int
    conversation: ConversationId = field(compare=False)
    slot: int = field(compare=False)

    idle = True
    """As far as one can know from here; its own process has the last word."""

    def next_slot(self) -> int:
        """Give the number that its own process drew for this conversation."""
        return self.slot

    def at(self, conversation: ConversationId) -> "FarConnection":
        """Give the way to the same socket in another conversation."""
        return replace(self, conversation=conversation)

    def uninvite(self) -> None:
        """Let it wait on: there will be no conversation."""
        self._send(Kind.UNINVITE)

    def sit(self, seat: LocalSeat) -> None:
        """Let its process seat it."""
        self._send(Kind.SEAT, conversation=seat.conversation)

    @override
    def tell(self, frame: ServerFrame) -> None:
        self.give(writing.encode(frame))

    @override
    def give(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            self._send(Kind.GIVE_TEXT, frame.encode())
        else:
            self._send(Kind.GIVE_RECORD, frame)

    @override
    def refuse(self, code: Code, **about: Any) -> None:
        text = writing.encode(writing.error(code, **about)).encode()
        self._send(Kind.REFUSE if code is Code.BAD_FRAME else Kind.GIVE_TEXT, text)

    @override
    def let_go(self, conversation: ConversationId) -> None:
        self._send(Kind.LET_GO)

    @override
    def close(self, code: CloseCode) -> None:
        self._send(Kind.CLOSE, passage.write_number(code))

    def _send(
        self,
        kind: Kind,
        payload: bytes = b"",
        *,
        conversation: ConversationId | None = None,
    ) -> None:
        about = conversation or self.conversation
        relay().send(self.worker, passage.write(kind, self.number, about, payload))
