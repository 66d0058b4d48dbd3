"""A socket as the conversation sees it, in this process or in another one."""

from typing import Any, Protocol

from chat.close_codes import CloseCode
from chat.domain.codes import Code
from chat.protocol.server import ServerFrame
from common.ids import ConversationId


class Endpoint(Protocol):
    """The way to one client. Nothing here waits; what is gone takes nothing."""

    def tell(self, frame: ServerFrame) -> None:
        """Send a JSON frame."""
        ...

    def give(self, frame: str | bytes) -> None:
        """Send JSON or a record as it is."""
        ...

    def refuse(self, code: Code, **about: Any) -> None:
        """Answer a frame with an error."""
        ...

    def let_go(self, conversation: ConversationId) -> None:
        """Tell it that this conversation is over for it."""
        ...

    def close(self, code: CloseCode) -> None:
        """Close it."""
        ...
