"""The load generator: built when it is first needed, driven line by line."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.processes import Program, ProgramError

SOURCES = Path(__file__).parent / "load"
BUILD = Path(__file__).parent / ".build"
FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror")
PATIENCE_SECONDS = 200.0

Event = dict[str, Any]


def build() -> Path:
    """Compile the generator unless it is newer than all its sources."""
    program = BUILD / "load"
    sources = sorted(SOURCES.glob("*.[ch]"))
    newest = max(source.stat().st_mtime for source in sources)
    if not program.is_file() or program.stat().st_mtime < newest:
        BUILD.mkdir(exist_ok=True)
        names = [str(source) for source in sources if source.suffix == ".c"]
        subprocess.run(["gcc", *FLAGS, *names, "-lm", "-o", program], check=True)
    return program


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How a server is spoken to, and where."""

    dialect: str
    ports: Sequence[int]
    tickets: Path | None = None
    own_partners: bool = False
    """Neighbours are paired, so that each pair spans two processes."""


class Generator:
    """One run of the program: sockets stay open from command to command."""

    def __init__(self, target: Target, *, core: int | None, log: Path) -> None:
        """Start it; it opens nothing yet."""
        words = (
            build(),
            target.dialect,
            target.tickets or "-",
            "own" if target.own_partners else "any",
            *map(str, target.ports),
        )
        self.program = Program(words, core=core, log=log, ready="")

    def __enter__(self) -> Self:
        """Hand it over."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it; its sockets close."""
        self.program.end()

    def connect(self, count: int, *, at_once: int = 64) -> float:
        """Open so many sockets.

        Returns:
            Seconds that it took.

        """
        self.program.say(f"connect {count} {at_once}")
        return self._all("connected")

    def join(self, *, at_once: int = 64) -> float:
        """Pair everyone, until each may send.

        Returns:
            Seconds that it took.

        """
        self.program.say(f"join {at_once}")
        return self._all("joined")

    def begin(self, rate: float, *, seconds: float, warmup: float) -> None:
        """Send at a rate; returns when the measured part begins."""
        self.program.say(f"run {rate} {seconds} {warmup}")
        self.wait("start")

    def wait(self, wanted: str) -> Event:
        """Read events up to the wanted one; closed sockets on the way are counted."""
        closed = 0
        while True:
            event = self.next_event()
            if event["event"] == wanted:
                return event | {"closed_meanwhile": closed}
            closed += event["event"] == "close"

    def next_event(self) -> Event:
        """Read one event."""
        event: Event = json.loads(self.program.hear(PATIENCE_SECONDS))
        return event

    def _all(self, wanted: str) -> float:
        event = self.wait(wanted)
        if event["count"] != event["wanted"]:
            raise ProgramError(f"not all of them: {event}")
        return float(event["seconds"])
