"""The bench: `.venv/bin/python -m bench [relay|people] [--quick]`."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import polling, report, services
from bench.cases import CASES, FULL, QUICK, Case, Effort, Scale
from bench.chart import Bar, Panel, draw
from bench.figures import Figures, cpu, medians, promises
from bench.people import people
from bench.processes import ProgramError
from bench.services import Place
from bench.visit import Row, visit

MEASUREMENTS = services.ROOT / "docs" / "measurements"


def main(words: Sequence[str] | None = None) -> int:
    """Run what was asked for."""
    options = _options(words)
    if options.what == "people":
        return people(
            count=options.people,
            seconds=options.seconds,
            processes=options.processes,
            into=options.into,
        )
    services.install_peers()
    effort = QUICK if options.quick else FULL
    rows = _all(_chosen(options.only), effort, options.rounds or effort.rounds)
    _write(rows, effort, options.into)
    return 0


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["relay", "people"], default="relay")
    parser.add_argument("--quick", action="store_true", help="small and short")
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--rounds", type=int, help="instead of three, or one")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--processes", type=int, choices=[1, 2], default=1)
    parser.add_argument("--into", type=Path, default=MEASUREMENTS)
    return parser.parse_args(words)


def _chosen(names: Sequence[str]) -> list[Case]:
    return [case for case in CASES if case.name in names]


def _all(cases: Sequence[Case], effort: Effort, rounds: int) -> list[Row]:
    """Visit every case in every round, so that a busy minute hits all alike."""
    rows: list[Row] = []
    for number in range(rounds):
        for case in cases:
            for scale in _scales(case, effort):
                print(f"\nround {number + 1}: {case.words}, {scale.sockets:,} sockets")
                rows += _visited(case, scale, effort)
    return rows


def _scales(case: Case, effort: Effort) -> list[Scale]:
    return [effort.small, effort.large] if case.large else [effort.small]


def _visited(case: Case, scale: Scale, effort: Effort) -> list[Row]:
    """Visit once; one that fails costs its own rows, not the whole run."""
    rows: list[Row] = []
    try:
        for row in visit(case, scale, effort):
            rows.append(row)
            print("  " + _line(row), flush=True)
    except (ProgramError, OSError) as error:
        print(f"  FAILED: {error}", file=sys.stderr)
    return rows


def _line(row: Row) -> str:
    if row["kind"] == "setup":
        return (
            f"{row['sockets_per_second']:,.0f} sockets/s, {row['us_per_socket']:.0f} µs"
            f" and {row['kb_per_socket']:.1f} KB each"
        )
    if row["kind"] == "ceiling":
        return f"carries {row['rate']:,.0f}/s"
    return (
        f"{row['rate']:,.0f}/s: {cpu(row):.1f} µs + Redis {row['redis_us']:.1f},"
        f" p50 {row['p50']:.2f} p99 {row['p99']:.2f} p99.9 {row['p999']:.2f} ms,"
        f" lost {row['lost']}, load {100 * row['load_share']:.0f} %"
    )


def _polled() -> float:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Place(folder=Path(folder), sockets=0)
        with services.socketio_alone("socketio")(place) as running:
            port = running.target.ports[0]
            return asyncio.run(polling.bytes_per_message(port))


def _write(rows: Sequence[Row], effort: Effort, into: Path) -> None:
    figures = medians(rows)
    kept = promises(figures, large=effort.large.sockets)
    polled, facts = _polled(), report.machine()
    into.mkdir(parents=True, exist_ok=True)
    name = f"relay-{datetime.now(UTC):%Y-%m-%d}"
    (into / f"{name}.svg").write_text(draw(_panels(figures, effort)))
    page = report.render(
        figures, kept, effort=effort, polling=polled, facts=facts, drawing=f"{name}.svg"
    )
    (into / f"{name}.md").write_text(page)
    report.dump(into / f"{name}.json", machine=facts, polling=polled, rows=list(rows))
    print("\n" + page)
    print(f"written: {into / name}.md, .svg, .json")


def _panels(figures: Figures, effort: Effort) -> list[Panel]:
    sockets, rate = effort.large.sockets, effort.large.rates[0]
    best = {case: figures.best(case.name) for case in CASES}
    busy = {case: figures.rate(case.name, sockets, rate) for case in CASES}
    held = {case: figures.setup(case.name, sockets) for case in CASES}
    return [
        Panel(
            title="CPU per message at the highest fixed rate carried (µs, logarithmic)",
            bars=_bars(best, "server_us", named="rate"),
            logarithmic=True,
        ),
        Panel(
            title=f"p99 delay at {rate:,.0f} messages/s, {sockets:,} sockets (ms)",
            bars=_bars(busy, "p99"),
            logarithmic=True,
        ),
        Panel(
            title=f"Memory a socket, {sockets:,} of them (KB)",
            bars=_bars(held, "kb_per_socket"),
        ),
    ]


def _bars(rows: Mapping[Case, Row | None], value: str, *, named: str = "") -> list[Bar]:
    return [
        Bar(
            label=case.name + (f" at {row[named]:,.0f}/s" if named else ""),
            value=row[value],
            own=case.name.startswith("ours"),
        )
        for case, row in rows.items()
        if row is not None and row[value] > 0
    ]
