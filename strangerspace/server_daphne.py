"""daphne in this process: what it listens on, how it starts and how it stops."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from daphne.server import Server
from twisted.internet import reactor
from twisted.internet.endpoints import quoteStringArgument
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from typing_extensions import override

from strangerspace.server import (
    HTTP_TIMEOUT_SECONDS,
    MESSAGE_BYTES,
    BeforeStop,
    Listen,
    Tls,
)
from strangerspace.stopping import Stopping
from strangerspace.websocket_daphne import DaphneWebSocket

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

PING_INTERVAL_SECONDS = 20
# A ping goes out 20 s after the last sign of life and may take this long to be
# answered: a silent peer is gone 40 to 80 s after that sign.
PING_TIMEOUT_SECONDS = 30
SERVICE_RESTART = 1012
# Between the close frames and the end of the consumers: time to send them.
GOODBYE_SECONDS = 0.3


class DaphneServer(Server):  # type: ignore[misc]  # daphne ships no annotations
    """Keeps why it could not listen, and says goodbye to its sockets."""

    def __init__(
        self,
        application: Any,
        *,
        listen: Listen,
        ready: Callable[[], None],
        before_stop: BeforeStop,
    ) -> None:
        """Configure daphne with the limits of the protocol."""
        super().__init__(
            application=application,
            endpoints=_endpoints(listen),
            ready_callable=self._configure_and_report,
            signal_handlers=False,
            http_timeout=HTTP_TIMEOUT_SECONDS,
            ping_interval=PING_INTERVAL_SECONDS,
            ping_timeout=PING_TIMEOUT_SECONDS,
            websocket_max_message_size=MESSAGE_BYTES,
            websocket_max_frame_size=MESSAGE_BYTES,
            server_name="",
        )
        self.failure = ""
        self._report = ready
        self._stopping = Stopping(before_stop, stop=self.stop)

    def _configure_and_report(self) -> None:
        self.ws_factory.protocol = DaphneWebSocket
        # Whose origin must match is the consumer's rule; an app in a web view
        # may well have the origin "null".
        self.ws_factory.setProtocolOptions(failByDrop=False, allowNullOrigin=True)
        self._stopping.install(asyncio.get_event_loop())
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
            if isinstance(protocol, DaphneWebSocket):
                protocol.serverClose(code=SERVICE_RESTART)
        return deferLater(reactor, GOODBYE_SECONDS, self._end_applications)

    def _end_applications(self) -> "Deferred[Any]":
        # daphne expects every connection to have an application; one whose
        # application has ended and whose peer has not hung up has none.
        for protocol, details in tuple(self.connections.items()):
            if "application_instance" not in details:
                del self.connections[protocol]
        return super().kill_all_applications()  # type: ignore[no-any-return]  # as above


def _endpoints(listen: Listen) -> list[str]:
    """Describe where to listen in Twisted's words."""
    return [_endpoint(host, listen.port, listen.tls) for host in listen.hosts]


def _endpoint(host: str, port: int, tls: Tls | None) -> str:
    where = f"{port}:interface={_quoted(host)}"
    if tls is None:
        return f"tcp:{where}"
    key, certificate = _quoted(str(tls.key)), _quoted(str(tls.certificate))
    return f"ssl:{where}:privateKey={key}:certKey={certificate}"


def _quoted(text: str) -> str:
    return str(quoteStringArgument(text))  # type: ignore[no-untyped-call]  # Twisted's
