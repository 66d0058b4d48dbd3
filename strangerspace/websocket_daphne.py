"""daphne's WebSocket with the close codes and the bounds that the protocol names.

The library below lets a server close with 1000 and 3000-4999 only, and buffers
without end both for a peer that does not read and from one that never stops.
Here a close may say 1012 or 1013, and what waits is bounded both ways.
"""

from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from typing_extensions import override

from strangerspace.server import TOO_MANY_FRAMES, WAITING_FRAMES

TRY_AGAIN_LATER = 1013
# What may wait for a peer that reads too slowly: a few seconds of the fullest
# conversation. Beyond it the peer is better served by a new socket.
UNSENT_BYTES = 256 * 1024
# The transport reports pressure once this much waits (Twisted's own constant).
PRESSURE_BYTES = 64 * 1024


class DaphneWebSocket(WebSocketProtocol):  # type: ignore[misc]  # daphne ships no annotations
    """One socket; also the producer that the transport tells about pressure."""

    _unsent = 0

    @override
    def onOpen(self) -> None:
        """Ask the transport to say when the peer reads too slowly."""
        self.unregisterProducer()  # the HTTP channel's, from before the upgrade
        self.registerProducer(self, streaming=True)
        super().onOpen()

    @override
    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """Queue the frame for the consumer, unless too many already wait."""
        if self.state != self.STATE_OPEN:
            return
        if self.application_queue.qsize() >= WAITING_FRAMES:
            self.serverClose(code=TOO_MANY_FRAMES)
        else:
            super().onMessage(payload, isBinary)

    @override
    def onPing(self, payload: bytes) -> None:
        """Answer, unless the peer does not read what it asks for."""
        if not self._unsent:
            super().onPing(payload)

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's name
        """Begin to count: the transport's buffer is full (it may say so often)."""
        self._unsent = self._unsent or PRESSURE_BYTES

    def resumeProducing(self) -> None:  # noqa: N802  as above
        """Stop counting: everything has been sent."""
        self._unsent = 0

    def stopProducing(self) -> None:  # noqa: N802  as above
        """Nothing to stop: what is sent comes from the consumer."""

    @override
    def serverSend(self, content: Any, binary: bool = False) -> None:
        """Send, unless too much already waits for this peer, or it is closing."""
        if self.state in {self.STATE_CLOSING, self.STATE_CLOSED}:
            return
        if self._unsent:
            self._unsent += len(content)
        if self._unsent > UNSENT_BYTES:
            self.serverClose(code=TRY_AGAIN_LATER)
        else:
            super().serverSend(content, binary)

    @override
    def serverClose(self, code: int | None = None) -> None:
        """Close with any code of the protocol, once."""
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=1000 if code is None else code)
