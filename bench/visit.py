"""One visit: a case is started, filled with sockets, measured, and ended.

Latency is one way, on one clock, from the time at which a message was due. CPU is
what the kernel counts for the processes, between the first and the last moment of
the measured part, divided by the messages delivered in it.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cases import CEILING_MS, CEILING_STEP, Case, Effort, Scale
from bench.generator import Event, Generator
from bench.processes import Program
from bench.services import Place, Running

Row = dict[str, Any]

MICROSECONDS = 1_000_000
DELIVERED = 0.98
"""So much of what is due must arrive in time for a rate to count as carried."""
CEILING_SECONDS = 3.0
CEILING_CHANCES = 2
COUNTERS = (
    "sent",
    "resent",
    "delivered",
    "receipts",
    "acks",
    "held",
    "doubled",
    "gaps",
    "misdirected",
    "corrupt",
    "refused",
    "errors",
    "closes",
    "codes",
)


@dataclass(frozen=True, slots=True)
class _Used:
    """CPU seconds so far."""

    at: float
    servers: float
    redis: float
    load: float


def visit(case: Case, scale: Scale, effort: Effort) -> Iterator[Row]:
    """Measure one case at one scale; what is measured comes out as it is known."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Place(folder=Path(folder), sockets=scale.sockets)
        try:
            with (
                case.start(place) as running,
                Generator(
                    running.target, core=place.load_core, log=place.log("load")
                ) as load,
            ):
                for row in _measure(case, scale, effort, running, load):
                    yield {"case": case.name, "sockets": scale.sockets, **row}
        except Exception:
            _show_logs(place.folder)
            raise


def _measure(
    case: Case, scale: Scale, effort: Effort, running: Running, load: Generator
) -> Iterator[Row]:
    base = _memory(running.servers)
    setup = _fill(running, load, scale.sockets)
    rate = 0.0
    row: Row = {}
    for rate in scale.rates:
        if rate > case.per_socket * scale.sockets:
            continue
        row = _at(rate, effort.seconds, effort.warmup, running, load)
        yield row
        if row["lost"] or row["delivered_per_second"] < DELIVERED * rate:
            break  # a higher rate would only wait longer
    grown = _memory(running.servers) - base
    yield setup | {
        "base_mb": base / 1024,
        "kb_per_socket": grown / scale.sockets,
    }
    if effort.ceilings and row.get("carried"):
        yield _ceiling(case, scale, rate, running, load)


def _fill(running: Running, load: Generator, sockets: int) -> Row:
    before = _used(running, load)
    seconds = load.connect(sockets)
    after = _used(running, load)
    joining = load.join()
    cpu = after.servers - before.servers
    return {
        "kind": "setup",
        "sockets_per_second": sockets / seconds,
        "us_per_socket": cpu / sockets * MICROSECONDS,
        "joins_per_second": sockets / joining,
    }


def _at(
    rate: float, seconds: float, warmup: float, running: Running, load: Generator
) -> Row:
    load.begin(rate, seconds=seconds, warmup=warmup)
    before = _used(running, load)
    stop = load.wait("stop")
    after = _used(running, load)
    latency, result = load.wait("latency"), load.wait("result")
    took = after.at - before.at
    delivered = stop["delivered"]
    each = MICROSECONDS / max(1, delivered)
    return {
        "kind": "rate",
        "rate": rate,
        "delivered_per_second": delivered / took,
        "carried": _carried(rate * seconds, delivered, latency),
        "server_us": (after.servers - before.servers) * each,
        "redis_us": (after.redis - before.redis) * each,
        "server_share": (after.servers - before.servers) / took,
        "load_share": (after.load - before.load) / took,
        "bytes": (stop["bytes_in"] + stop["bytes_out"]) / max(1, delivered),
        **{name: latency[name] for name in ("p50", "p99", "p999", "max", "lost")},
        **{name: result[name] for name in COUNTERS},
    }


def _carried(due: float, delivered: int, latency: Event) -> bool:
    in_time: bool = latency["p99"] < CEILING_MS and not latency["lost"]
    return in_time and delivered >= DELIVERED * due


def _ceiling(
    case: Case, scale: Scale, rate: float, running: Running, load: Generator
) -> Row:
    """Raise the rate step by step; a step that fails gets one more chance."""
    best, missed = rate, 0
    most = case.per_socket * scale.sockets
    while missed < CEILING_CHANCES and best * CEILING_STEP <= most:
        row = _at(best * CEILING_STEP, CEILING_SECONDS, 1.0, running, load)
        if row["carried"]:
            best, missed = best * CEILING_STEP, 0
        else:
            missed += 1
    return {"kind": "ceiling", "rate": best, "limited": missed < CEILING_CHANCES}


def _used(running: Running, load: Generator) -> _Used:
    return _Used(
        time.monotonic(),
        sum(program.cpu_seconds() for program in running.servers),
        running.redis.cpu_seconds() if running.redis else 0.0,
        load.program.cpu_seconds(),
    )


def _memory(servers: Sequence[Program]) -> float:
    return sum(program.memory_kb() for program in servers)


def _show_logs(folder: Path) -> None:
    for log in sorted(folder.glob("*.log")):
        words = log.read_text(errors="replace")[-2000:]
        if words:
            print(f"--- {log.name}\n{words}")
