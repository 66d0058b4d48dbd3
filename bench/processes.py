"""Programs that are measured: started on one core, read from /proc, ended."""

import os
import queue
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

NANOSECONDS = 1_000_000_000
READY_SECONDS = 60.0
END_SECONDS = 15.0


class ProgramError(RuntimeError):
    """A program did not start, or ended too early."""


class Program:
    """A child process on one core; it dies with this one.

    `ready` is a line that it prints when it can be used.
    """

    def __init__(
        self,
        words: Sequence[str | Path],
        *,
        core: int | None,
        log: Path,
        environment: Mapping[str, str] | None = None,
        ready: str = "ready",
        folder: Path | None = None,
    ) -> None:
        """Start it, and wait until it says that it is ready."""
        self.log = log
        pinned = [] if core is None else ["taskset", "-c", str(core)]
        with log.open("a") as complaints:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *pinned, *map(str, words)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={**os.environ, **(environment or {})},
                cwd=folder,
                text=True,
            )
        self.pid = self._process.pid
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if ready:
            self._wait_for(ready)

    def __enter__(self) -> Self:
        """Hand it over."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self.end()

    def say(self, line: str) -> None:
        """Write a line to its standard input.

        Raises:
            ProgramError: it has ended.

        """
        stdin: IO[str] | None = self._process.stdin
        try:
            if stdin is not None:
                stdin.write(line + "\n")
                stdin.flush()
        except OSError:
            raise ProgramError(f"it ended: {self.log}\n{self._last_words()}") from None

    def hear(self, seconds: float) -> str:
        """Read its next line.

        Raises:
            ProgramError: none came, or it has ended.

        """
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            raise ProgramError(f"{self.log} says nothing for {seconds:.0f} s") from None
        if line is None:
            raise ProgramError(f"it ended: {self.log}\n{self._last_words()}")
        return line

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def end(self) -> None:
        """Ask it to stop; insist with a second signal, then without asking."""
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                self._process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_SECONDS / 3)
                break
        self._reader.join(END_SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def cpu_seconds(self) -> float:
        """Read what all its threads have used so far; one that ended is left out."""
        total = 0
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            with suppress(OSError):  # a thread may end while one looks
                total += int((thread / "schedstat").read_text().split()[0])
        return total / NANOSECONDS

    def memory_kb(self) -> float:
        """Read its share of memory (PSS), in units of 1,024 bytes."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
        raise ProgramError("no PSS in smaps_rollup")

    def _read(self) -> None:
        out = self._process.stdout
        if out is not None:
            for line in out:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _wait_for(self, wanted: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while wanted not in self.hear(max(0.1, deadline - time.monotonic())):
            pass

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def free_ports(count: int) -> list[int]:
    """Find ports of 127.0.0.1 that nobody uses now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_for_port(port: int) -> None:
    """Wait until something listens.

    Raises:
        ProgramError: nothing did, for too long.

    """
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ProgramError(f"nothing listens on {port}")
