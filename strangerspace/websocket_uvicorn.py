"""uvicorn's WebSocket with the close codes and the bounds that the protocol names.

The library below hangs up right behind its close frame: what the peer has sent
and nobody has read then makes the system answer with a reset, which overtakes
the frame. Here a close frame goes behind what waits, the peer's answer is
awaited for a while, and then the connection is cut, whatever is left. A slow
reader is the consumer's to notice: `send` waits while the transport is full.
"""

from typing import TYPE_CHECKING, Any

from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import (
    WebSocketsSansIOProtocol,
)
from websockets.frames import Frame

from strangerspace.server import TOO_MANY_FRAMES, WAITING_FRAMES

if TYPE_CHECKING:
    from uvicorn._types import WebSocketReceiveEvent

NOT_UTF8 = 1007
SERVICE_RESTART = 1012
# From our close frame to the cut: a peer that lives answers in a round trip,
# one that reads slowly gets a last chance to.
CLOSING_SECONDS = 5.0
# When the server itself ends, nobody is waited for longer than this.
GOODBYE_SECONDS = 0.3
# A peer whose frames could not be read cannot be heard any more; it has seen
# our close frame once it has been silent for so long.
SILENCE_SECONDS = 0.5


class UvicornWebSocket(WebSocketsSansIOProtocol):
    """One socket."""

    _unreadable_until: float | None = None

    @override
    def data_received(self, data: bytes) -> None:
        """Read frames; after unreadable ones, only wait for the peer to stop."""
        if self._unreadable_until is None:
            super().data_received(data)
            if self.conn.handshake_exc is not None:
                self._flush()
                self.transport.close()
        elif self.loop.time() < self._unreadable_until:
            self._cut_after(SILENCE_SECONDS)

    @override
    def handle_cont(self, event: Frame) -> None:
        """Take a fragment; empty ones would fill the memory beneath every limit."""
        if event.data or event.fin:
            super().handle_cont(event)

    @override
    def handle_close(self, event: Frame) -> None:
        """Answer the peer's close, or take its answer to ours."""
        super().handle_close(event)
        if not self.disconnected:
            self._cut_after(CLOSING_SECONDS)

    @override
    def send_receive_event_to_app(self) -> None:
        """Queue the message for the consumer, unless too many already wait."""
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.queue.qsize() >= WAITING_FRAMES:
            self.close_with(TOO_MANY_FRAMES)
        elif self.curr_msg_data_type == "bytes":
            self._hand_over({"type": "websocket.receive", "bytes": data})
        else:
            self._hand_over_text(data)

    @override
    def handle_ping(self) -> None:
        """Answer, unless the peer does not read what it asks for."""
        answer = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(answer)

    @override
    def handle_parser_exception(self) -> None:
        """Say why the frames could not be read, and hang up when that has arrived."""
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
        self._unreadable_until = self.loop.time() + CLOSING_SECONDS
        self._flush()
        self._begin_to_close(SILENCE_SECONDS)

    @override
    def keepalive_timeout(self) -> None:
        """Let a silent peer go; nothing that waits for it can be delivered."""
        self.transport.abort()

    @override
    def shutdown(self) -> None:
        """Say that the server restarts."""
        if self.handshake_complete:
            self.close_with(SERVICE_RESTART, within=GOODBYE_SECONDS)
            self._cut_after(GOODBYE_SECONDS)
        else:
            super().shutdown()

    @override
    async def send(self, message: Any) -> None:
        """Send; a close frame does not wait for a peer that reads slowly."""
        if message["type"] == "websocket.close" and self.handshake_complete:
            self.close_with(message.get("code", 1000))
        else:
            await super().send(message)

    def close_with(self, code: int, *, within: float = CLOSING_SECONDS) -> None:
        """Close behind what waits, and cut in `within` seconds; once."""
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self.conn.send_close(code)
        self._flush()
        self._begin_to_close(within)

    def _hand_over_text(self, data: bytes) -> None:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.close_with(NOT_UTF8)
        else:
            self._hand_over({"type": "websocket.receive", "text": text})

    def _hand_over(self, event: "WebSocketReceiveEvent") -> None:
        """Queue it, and read no more until the consumer has looked."""
        self.queue.put_nowait(event)
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def _begin_to_close(self, seconds: float) -> None:
        self.stop_keepalive()
        self.close_sent = True
        self.frames = []
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self._cut_after(seconds)

    def _cut_after(self, seconds: float) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(seconds, self.transport.abort)

    def _flush(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"".join(self.conn.data_to_send()))
