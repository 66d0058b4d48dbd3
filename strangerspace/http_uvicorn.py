"""uvicorn's HTTP with two bounds that it leaves to a proxy: a head's size, and time."""

import asyncio

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from strangerspace.server import HTTP_TIMEOUT_SECONDS

# Request line and headers; the cookies of a site with many neighbours included.
HEAD_BYTES = 64 * 1024


class UvicornHttp(HttpToolsProtocol):
    """One HTTP connection; ends as a WebSocket when the peer asks for one."""

    _head_bytes = 0
    _in_head = True
    _deadline: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Give the first request its time."""
        super().connection_made(transport)
        self._expect()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._relax()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        """Read on, unless the head is too long for a request."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self.send_400_response("The head of the request is too long.")

    @override
    def on_message_begin(self) -> None:
        """Give this request its time."""
        super().on_message_begin()
        self._in_head = True
        self._expect()

    @override
    def on_headers_complete(self) -> None:
        """Stop counting: what follows is a body, whose size the application bounds."""
        self._in_head, self._head_bytes = False, 0
        super().on_headers_complete()

    @override
    def on_response_complete(self) -> None:
        """Let the connection idle; uvicorn closes it after a while."""
        self._relax()
        super().on_response_complete()

    @override
    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over."""
        self._relax()
        super().handle_websocket_upgrade()

    def _expect(self) -> None:
        self._relax()
        self._deadline = self.loop.call_later(
            HTTP_TIMEOUT_SECONDS, self.transport.abort
        )

    def _relax(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
