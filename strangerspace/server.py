"""A web server of ours, whichever program runs it: what it is told, and its bounds.

Two programs serve the same application with the same limits and close codes:
daphne, and uvicorn where the load is high.
"""

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

# The protocol allows 64 KiB in a message; the consumer refuses what is a few
# bytes larger, and this limit what is more than that, both with 1009.
MESSAGE_BYTES = 65_600
# Frames that may wait for the consumer. It limits rates itself; this holds for
# a flood that comes faster than it can look. An honest burst (an offer, 64
# candidates, a window of 32 messages) stays well below.
WAITING_FRAMES = 256
TOO_MANY_FRAMES = 4429
# Seconds that a request may take, from its first byte to the last of its answer.
HTTP_TIMEOUT_SECONDS = 120
LOOPBACK = ("127.0.0.1", "::1")

BeforeStop = Callable[[], Awaitable[None]]
"""Awaited once when the server was asked to stop, before it closes sockets."""


class Program(StrEnum):
    """Which program reads and writes the network."""

    DAPHNE = "daphne"
    UVICORN = "uvicorn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files in PEM: a private key, and the certificate for it."""

    key: Path
    certificate: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Addresses to listen on, all with one port; with TLS or without."""

    hosts: tuple[str, ...]
    port: int
    tls: Tls | None = None


class WebServer(Protocol):
    """A configured server."""

    failure: str
    """Why it could not listen; empty when it did."""

    def run(self) -> None:
        """Serve until a signal says to stop. Main thread only."""


def build(
    application: Any,
    *,
    program: Program,
    listen: Listen,
    ready: Callable[[], None],
    before_stop: BeforeStop,
) -> WebServer:
    """Configure a server with the limits of the protocol.

    Args:
        application: ASGI.
        program: which of the two.
        listen: where.
        ready: called once it listens.
        before_stop: awaited between SIGTERM or SIGINT and the end; for how long
            is bounded by `strangerspace.stopping`.

    """
    if program is Program.UVICORN:
        from strangerspace.server_uvicorn import UvicornServer  # noqa: PLC0415  one of the two

        return UvicornServer(
            application, listen=listen, ready=ready, before_stop=before_stop
        )
    from strangerspace.server_daphne import DaphneServer  # noqa: PLC0415  as above

    return DaphneServer(
        application, listen=listen, ready=ready, before_stop=before_stop
    )


def plain(*, host: str, port: int) -> Listen:
    """Listen without TLS.

    A loopback host means both loopback addresses, so that `localhost` answers
    whichever of the two a browser tries first.
    """
    hosts = LOOPBACK if host in {"localhost", *LOOPBACK} else (host,)
    return Listen(
        hosts=tuple(each for each in hosts if each != "::1" or _has_ipv6_loopback()),
        port=port,
    )


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
