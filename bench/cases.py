"""What is measured, and how hard."""

from dataclasses import dataclass

from bench import services
from bench.services import Start

NO_LIMIT = 1_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One server doing the job, with its name in the tables."""

    name: str
    words: str
    start: Start
    per_socket: float = NO_LIMIT
    """Messages a second that the server lets each socket send."""
    large: bool = True
    """Whether it is asked to hold ten thousand sockets."""


OUR_PACE = 1.9
"""Of the two messages a second that each side may send."""

CASES = (
    Case(
        name="ours",
        words="this server: uvicorn, one process",
        start=services.site_alone("uvicorn"),
        per_socket=OUR_PACE,
    ),
    Case(
        name="ours-daphne",
        words="this server: daphne, one process",
        start=services.site_alone("daphne"),
        per_socket=OUR_PACE,
    ),
    Case(
        name="socketio",
        words="Socket.IO, one process",
        start=services.socketio_alone("socketio"),
    ),
    Case(
        name="socketio-folded",
        words="Socket.IO, one process, acknowledgements inside messages",
        start=services.socketio_alone("socketio-folded"),
    ),
    Case(
        name="ours-2",
        words="this server: uvicorn, two processes through Redis",
        start=services.site_in_two("uvicorn"),
        per_socket=OUR_PACE,
    ),
    Case(
        name="socketio-2",
        words="Socket.IO with its Redis adapter, two processes",
        start=services.socketio_in_two,
    ),
    Case(
        name="stock",
        words="daphne, AsyncJsonWebsocketConsumer, channels_redis core",
        start=services.stock_channels,
        large=False,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """So many sockets, and the rates they send at together (messages a second)."""

    sockets: int
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long it all takes."""

    rounds: int
    seconds: float
    warmup: float
    small: Scale
    large: Scale
    ceilings: bool
    """Also look for the highest rate with a p99 below `CEILING_MS`."""


CEILING_MS = 50.0
CEILING_STEP = 1.25

FULL = Effort(
    rounds=3,
    seconds=8.0,
    warmup=3.0,
    small=Scale(sockets=1000, rates=(100.0, 250.0, 500.0, 1000.0)),
    large=Scale(sockets=10_000, rates=(5000.0, 10_000.0)),
    ceilings=True,
)
QUICK = Effort(
    rounds=1,
    seconds=3.0,
    warmup=1.5,
    small=Scale(sockets=200, rates=(100.0, 250.0)),
    large=Scale(sockets=2000, rates=(1000.0, 2000.0)),
    ceilings=False,
)
