"""uvicorn in this process, on uvloop: configured, started and stopped as daphne is."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import uvicorn
from typing_extensions import override

from strangerspace.http_uvicorn import UvicornHttp
from strangerspace.server import MESSAGE_BYTES, BeforeStop, Listen
from strangerspace.stopping import Stopping
from strangerspace.websocket_uvicorn import UvicornWebSocket

PING_INTERVAL_SECONDS = 20.0
# A ping goes out every 20 s, heard or not, and may take this long to be
# answered: a silent peer is gone 50 to 70 s after its last sign of life.
PING_TIMEOUT_SECONDS = 50.0
# Longer than a proxy keeps an idle connection (Caddy: 120 s), so that it never
# sends a request into one that is just being closed here.
KEEP_ALIVE_SECONDS = 130
# What requests and consumers have to end in after the sockets were closed.
GOODBYE_SECONDS = 5
# Waiting connections: a reconnect storm comes at once.
BACKLOG = 2048


class UvicornServer(uvicorn.Server):
    """Listens on every address, takes signals as daphne does, and ends with 0."""

    def __init__(
        self,
        application: Any,
        *,
        listen: Listen,
        ready: Callable[[], None],
        before_stop: BeforeStop,
    ) -> None:
        """Configure uvicorn with the limits of the protocol."""
        super().__init__(_config(application, listen))
        self.failure = ""
        self._listen = listen
        self._report = ready
        self._stopping = Stopping(before_stop, stop=self._leave)

    @override
    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal says to stop."""
        with ExitStack() as opened:
            try:
                opened_now = [
                    opened.enter_context(_open(host, self._listen.port))
                    for host in self._listen.hosts
                ]
            except OSError as error:
                self.failure = str(error)
                return
            super().run(opened_now)

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._report()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals in the event loop; uvicorn would raise them again at the end."""
        self._stopping.install(asyncio.get_running_loop())
        yield

    def _leave(self) -> None:
        self.should_exit = True


def _config(application: Any, listen: Listen) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="uvloop",
        http=UvicornHttp,
        ws=UvicornWebSocket,
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_INTERVAL_SECONDS,
        ws_ping_timeout=PING_TIMEOUT_SECONDS,
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `strangerspace.asgi` reads them, for both programs
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
        backlog=BACKLOG,
        ssl_keyfile=listen.tls.key if listen.tls else None,
        ssl_certfile=listen.tls.certificate if listen.tls else None,
    )


def _open(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)
