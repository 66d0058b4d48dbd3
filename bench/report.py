"""What a run says: Markdown tables for people, JSON for later."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.cases import CASES, Effort
from bench.figures import Figures, Promise, cpu, wrong
from bench.visit import Row

Cells = Sequence[str]
VERDICT = {True: "kept", False: "**missed**", None: "open"}


def machine() -> dict[str, str]:
    """Describe what this ran on, without naming it."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    found = {
        "cpu": f"{os.cpu_count()} x {model}",
        "kernel": platform.release().split("-")[0],
        "python": platform.python_version(),
        "node": _said("node", "--version"),
        "redis": _said("redis-server", "--version").split(" sha")[0],
    }
    for package in ("uvicorn", "uvloop", "daphne", "channels", "channels_redis"):
        found[package] = version(package)
    return found


def _said(*words: str) -> str:
    return subprocess.run(
        words, check=True, capture_output=True, text=True
    ).stdout.strip()


def table(head: Cells, lines: Sequence[Cells]) -> str:
    """Write a Markdown table."""
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def render(
    figures: Figures,
    kept: Sequence[Promise],
    *,
    effort: Effort,
    polling: float,
    facts: Mapping[str, str],
    drawing: str,
) -> str:
    """Write the whole page."""
    return "\n".join(
        [
            "# Relay: this server beside others\n",
            _method(effort, facts),
            f"![CPU, delay and memory]({drawing})\n",
            "## Targets\n",
            targets(kept),
            *_rates(figures, effort),
            "## Sockets: opened, held, and the most they carried\n",
            _sockets(figures, effort),
            "## Bytes above TCP for one message\n",
            _bytes(figures, effort, polling),
        ]
    )


def targets(kept: Sequence[Promise]) -> str:
    """Write the table of targets."""
    return table(
        ["what", "target", "measured", ""],
        [[one.words, one.target, one.measured, VERDICT[one.kept]] for one in kept],
    )


def _method(effort: Effort, facts: Mapping[str, str]) -> str:
    versions = ", ".join(f"{name} {value}" for name, value in facts.items())
    return (
        f"Medians of {effort.rounds} interleaved rounds; each rate for "
        f"{effort.seconds:.0f} s after {effort.warmup:.0f} s. Servers on core 0, load "
        "and Redis on core 1, loopback. Open loop: a message carries the time at which "
        "it was due. Every server delivers to the partner, gives the sender a receipt "
        "and forwards what the receiver has; ours stamps and limits as well. A body is "
        "304 bytes (commitment and ciphertext), in base64 where the wire is text. "
        f"`bench/README.md` tells how to repeat it.\n\n{versions}.\n"
    )


def _rates(figures: Figures, effort: Effort) -> list[str]:
    parts = []
    for scale in (effort.small, effort.large):
        parts.append(f"## {scale.sockets:,} sockets\n")
        lines = [
            _rate_line(case.words, row)
            for case in CASES
            for rate in scale.rates
            if (row := figures.rate(case.name, scale.sockets, rate)) is not None
        ]
        parts.append(
            table(
                [
                    "server",
                    "messages/s",
                    "CPU per message (µs)",
                    "and Redis",
                    "core used",
                    "p50",
                    "p99",
                    "p99.9 (ms)",
                    "delivered",
                    "lost",
                    "otherwise wrong",
                ],
                lines,
            )
        )
    return parts


def _rate_line(words: str, row: Row) -> Cells:
    asked = f"{row['rate']:,.0f}" + ("" if row["carried"] else " (not carried)")
    return [
        words,
        asked,
        f"{cpu(row):.0f}",
        f"{row['redis_us']:.0f}" if row["redis_us"] else "",
        f"{100 * row['server_share']:.0f} %",
        *(
            f"{row[name]:.2f}" if row[name] >= 0 else "none"
            for name in ("p50", "p99", "p999")
        ),
        f"{row['delivered']:,}",
        f"{row['lost']:,}",
        f"{wrong(row) - row['lost']:,}",
    ]


def _sockets(figures: Figures, effort: Effort) -> str:
    lines = []
    for case in CASES:
        for scale in (effort.small, effort.large):
            setup = figures.setup(case.name, scale.sockets)
            if setup is None:
                continue
            ceiling = figures.ceiling(case.name, scale.sockets)
            lines.append(
                [
                    case.words,
                    f"{scale.sockets:,}",
                    f"{setup['sockets_per_second']:,.0f}",
                    f"{setup['us_per_socket']:.0f}",
                    f"{setup['base_mb']:.0f}",
                    f"{setup['kb_per_socket']:.1f}",
                    "" if ceiling is None else _most(ceiling),
                ]
            )
    head = ["server", "sockets", "opened/s", "CPU each (µs)", "base (MB)", "KB each"]
    return table([*head, "most messages/s with p99 < 50 ms"], lines)


def _most(ceiling: Row) -> str:
    more = " or more (the limit of two a second and side)" if ceiling["limited"] else ""
    return f"{ceiling['rate']:,.0f}{more}"


def _bytes(figures: Figures, effort: Effort, polling: float) -> str:
    scale = effort.large
    lines = [["Socket.IO, long polling", f"{polling:,.0f}", ""]]
    for case in CASES:
        tried = (
            figures.rate(case.name, scale.sockets, rate)
            for rate in reversed(scale.rates)
        )
        row = next(filter(None, tried), None)
        if row is not None:
            saved = f"{100 * (1 - row['bytes'] / polling):.0f} % less"
            lines.append([case.words, f"{row['bytes']:,.0f}", saved])
    note = (
        "Both ways and both ends: the message in and out, its receipt, and what says "
        "that it was received; each side sends about once a second.\n"
    )
    return note + "\n" + table(["wire", "bytes", "against long polling"], lines)


def dump(file: Path, **parts: Any) -> None:
    """Keep everything that was measured."""
    file.write_text(json.dumps(parts, indent=1, ensure_ascii=False) + "\n")
