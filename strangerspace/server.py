"""daphne in this process: what it listens on, how it starts and how it stops."""

import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daphne.server import Server
from twisted.internet import reactor
from twisted.internet.endpoints import quoteStringArgument
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from typing_extensions import override

from strangerspace.websocket import SiteWebSocket

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

# The protocol allows 64 KiB in a message; the consumer refuses what is a few
# bytes larger, and this limit what is more than that, both with 1009.
MESSAGE_BYTES = 65_600
PING_INTERVAL_SECONDS = 20
# A silent peer is gone 40 to 80 s after its last sign of life.
PING_TIMEOUT_SECONDS = 30
HTTP_TIMEOUT_SECONDS = 120
SERVICE_RESTART = 1012
# Between the close frames and the end of the consumers: time to send them.
GOODBYE_SECONDS = 0.3
LOOPBACK = ("127.0.0.1", "::1")


class SiteServer(Server):  # type: ignore[misc]  # daphne ships no annotations
    """Keeps why it could not listen, and says goodbye to its sockets."""

    failure = ""

    def __init__(self, *, ready: Callable[[], None], **options: Any) -> None:
        """Take daphne's options, and whom to tell once it listens."""
        super().__init__(ready_callable=self._configure_and_report, **options)
        self._report = ready

    def _configure_and_report(self) -> None:
        self.ws_factory.protocol = SiteWebSocket
        # Whose origin must match is the consumer's rule; an app in a web view
        # may well have the origin "null".
        self.ws_factory.setProtocolOptions(failByDrop=False, allowNullOrigin=True)
        self._report()

    @override
    def listen_error(self, failure: Failure) -> None:
        """Remember the reason in words, then stop."""
        self.failure = str(failure.getErrorMessage())
        self.stop()

    @override
    def kill_all_applications(self) -> "Deferred[Any]":
        """Close every socket with 1012, then end what still runs."""
        for protocol in tuple(self.connections):
            if isinstance(protocol, SiteWebSocket):
                protocol.serverClose(code=SERVICE_RESTART)
        return deferLater(reactor, GOODBYE_SECONDS, self._end_applications)

    def _end_applications(self) -> "Deferred[Any]":
        # daphne expects every connection to have an application; one whose
        # application has ended and whose peer has not hung up has none.
        for protocol, details in tuple(self.connections.items()):
            if "application_instance" not in details:
                del self.connections[protocol]
        return super().kill_all_applications()  # type: ignore[no-any-return]  # as above


def build(
    application: Any, *, endpoints: Sequence[str], ready: Callable[[], None]
) -> SiteServer:
    """Configure daphne with the limits of the protocol; `run()` blocks."""
    return SiteServer(
        ready=ready,
        application=application,
        endpoints=list(endpoints),
        http_timeout=HTTP_TIMEOUT_SECONDS,
        ping_interval=PING_INTERVAL_SECONDS,
        ping_timeout=PING_TIMEOUT_SECONDS,
        websocket_max_message_size=MESSAGE_BYTES,
        websocket_max_frame_size=MESSAGE_BYTES,
        server_name="",
    )


def plain_endpoints(*, host: str, port: int) -> list[str]:
    """Describe where to listen without TLS.

    A loopback host means both loopback addresses, so that `localhost` answers
    whichever of the two a browser tries first.
    """
    hosts = LOOPBACK if host in {"localhost", *LOOPBACK} else (host,)
    return [
        f"tcp:{port}:interface={_quoted(each)}"
        for each in hosts
        if each != "::1" or _has_ipv6_loopback()
    ]


def tls_endpoint(*, port: int, key: Path, certificate: Path) -> str:
    """Describe where to listen with TLS: every IPv4 address of this machine."""
    return (
        f"ssl:{port}:interface=0.0.0.0:privateKey={_quoted(str(key))}"
        f":certKey={_quoted(str(certificate))}"
    )


def _quoted(text: str) -> str:
    return str(quoteStringArgument(text))  # type: ignore[no-untyped-call]  # Twisted's


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
