"""Serving: the web server of this process, until it is told to stop."""

import gc
from argparse import ArgumentParser
from collections.abc import Callable

from chat.drain import drain
from strangerspace import server
from strangerspace.server import BeforeStop, Listen, Program

# Between two looks of the collector at its youngest objects. Ten thousand
# sockets that stay would otherwise be walked again and again while more come.
COLLECT_AFTER_OBJECTS = 50_000


class CannotListenError(RuntimeError):
    """The web server could not take its address."""


def add_arguments(parser: ArgumentParser) -> None:
    """Name address and program; everything else is an environment variable."""
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--server",
        type=Program,
        choices=list(Program),
        default=Program.DAPHNE,
        help="the program that reads and writes the network (daphne)",
    )


def serve(
    *,
    program: Program,
    listen: Listen,
    ready: Callable[[], None],
    before_stop: BeforeStop = drain,
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called once it listens.

    Between the signal and the end, conversations are given to other processes.

    Raises:
        CannotListenError: an address is taken or not ours.

    """
    from strangerspace.asgi import application  # noqa: PLC0415  reads the collected files

    site = server.build(
        application,
        program=program,
        listen=listen,
        ready=lambda: _begin(ready),
        before_stop=before_stop,
    )
    site.run()
    if site.failure:
        raise CannotListenError(site.failure)


def _begin(ready: Callable[[], None]) -> None:
    # What start-up made lives as long as the process: the collector need not
    # walk it again and again while messages pass.
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS, 20, 20)
    ready()
