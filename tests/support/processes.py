"""Processes that end with the test run, however it ends.

Each is the leader of a session of its own, so that a signal reaches all of it,
and the kernel kills it when the thread that started it is gone. That thread is
therefore one that lives as long as the run.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60
"""Several programs start at once, on few cores, beside other work."""

_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")


class ServiceMissingError(RuntimeError):
    """The program is not installed; `./test.sh` installs it."""


def program(name: str, *first: Path) -> str:
    """Find a program in one of these folders, else on the path.

    Raises:
        ServiceMissingError: it is nowhere.

    """
    places = os.pathsep.join([*map(str, first), os.environ.get("PATH", "")])
    found = shutil.which(name, path=places)
    if found is None:
        raise ServiceMissingError(name)
    return found


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user: str | None = None,
    at_death: str = "KILL",
) -> subprocess.Popen[bytes]:
    """Start a process; what it says is appended to `log`.

    Args:
        command: the program and its arguments.
        log: where its output goes.
        environment: all of its environment; without, that of the test run.
        folder: where it starts; without, where the test run is.
        user: who it shall be; only root may name somebody.
        at_death: the signal it gets when the test run is gone.

    """
    become = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
    with log.open("ab") as sink:
        return _STARTER.submit(
            subprocess.Popen,
            [program("setpriv"), *become, "--pdeathsig", at_death, "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=True,
        ).result()


def tell(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a process and to all that it started, if it still runs."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started, at once."""
    tell(process, signal.SIGKILL)
    process.wait()


def end(process: subprocess.Popen[bytes], number: signal.Signals, within: float) -> int:
    """Ask a process to end; if it does not in time, kill it.

    Returns:
        The exit status, as `Popen` tells it.

    """
    process.send_signal(number)
    try:
        return process.wait(within)
    except subprocess.TimeoutExpired:
        kill(process)
        return process.wait()


class DidNotStartError(RuntimeError):
    """A program ended or did not answer in time; its log is in the message."""


@dataclass(slots=True, kw_only=True)
class Program:
    """A process that can be started again and again, and treated badly.

    Args:
        command: the program and its arguments.
        log: where its output goes, all of its lives one after another.
        answers: says whether it does its work by now.
        environment: all of its environment; without, that of the test run.
        folder: where it starts; without, where the test run is.
        stop_seconds: how long it may take to stop when asked.

    """

    command: Sequence[str]
    log: Path
    answers: Callable[["Program"], bool]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    stop_seconds: float = 10
    process: subprocess.Popen[bytes] | None = None
    _began_at: int = 0

    def begin(self) -> None:
        """Start it and do not wait; one that still runs is ended first."""
        self.kill()
        self._began_at = self.log.stat().st_size if self.log.exists() else 0
        self.process = spawn(
            self.command,
            log=self.log,
            environment=self.environment,
            folder=self.folder,
        )

    def ready(self) -> None:
        """Wait until it answers.

        Raises:
            DidNotStartError: it ended, or does not answer in time.

        """
        deadline = time.monotonic() + START_SECONDS
        while not self.answers(self):
            if not self.runs() or time.monotonic() > deadline:
                self.kill()
                raise DidNotStartError(f"{self.command}:\n{self.log_text()}")
            time.sleep(0.05)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.begin()
        self.ready()

    def restart(self) -> None:
        """Ask it to stop, then start it again."""
        self.terminate()
        self.start()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self.process is not None:
            kill(self.process)
            self.process = None

    def terminate(self) -> int:
        """Ask it to stop, as an operator does; returns its exit status."""
        assert self.process is not None, f"{self.command} does not run"
        status = end(self.process, signal.SIGTERM, self.stop_seconds)
        self.process = None
        return status

    def pause(self) -> None:
        """Let it run no further, as a machine without time for it would."""
        assert self.process is not None, f"{self.command} does not run"
        tell(self.process, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it run on."""
        assert self.process is not None, f"{self.command} does not run"
        tell(self.process, signal.SIGCONT)

    def runs(self) -> bool:
        """Say whether the process is there, paused or not."""
        return self.process is not None and self.process.poll() is None

    def log_text(self) -> str:
        """Read everything that it has said in all of its lives."""
        return self.log.read_text(errors="replace")

    def has_said(self, words: str) -> bool:
        """Say whether its log holds these words since it was last started."""
        return words.encode() in self.log.read_bytes()[self._began_at :]
