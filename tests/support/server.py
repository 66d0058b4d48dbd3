"""The real server as its own process, in a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 10
CLEARED = {
    *(
        "REDIS_URL",
        "DATABASE_URL",
        "SECRET_KEY",
        "FRANKING_MASTER_KEY",
        "DEBUG",
        "DEMO",
    ),
    *("ALLOWED_HOSTS", "HTTPS_ONLY", "LOG_LEVEL", "EMAIL_BACKEND", "TRUSTED_PROXIES"),
}
"""Settings of whoever runs the tests that the server under test must not see."""


class ServerDiedError(RuntimeError):
    """The server did not come up; its log is in the message."""


@dataclass(slots=True)
class Server:
    """A running site."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    log: Path

    @property
    def url(self) -> str:
        """The address most tests use."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def second_url(self) -> str:
        """The same site under another name: another origin, another cookie jar."""
        return f"http://localhost:{self.port}"

    def answers(self) -> bool:
        """Say whether the site is ready."""
        try:
            found = httpx.get(f"{self.url}/healthz/ready", timeout=5, trust_env=False)
        except httpx.TransportError:
            return False
        return found.status_code == httpx.codes.OK

    def status(self) -> dict[str, object]:
        """Read the public numbers."""
        found = httpx.get(f"{self.url}/api/v1/status", timeout=5, trust_env=False)
        return dict(found.raise_for_status().json())

    def log_text(self) -> str:
        """Read everything the server has logged."""
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """Ask the server to stop, as an operator does; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def free_port() -> int:
    """Find a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_program() -> str:
    """Name the server program under test: daphne, unless `SERVER` says uvicorn."""
    return os.environ.get("SERVER", "daphne")


def start(
    folder: Path,
    *,
    program: Path = ROOT / "manage.py",
    command: str = "up",
    **environment: str,
) -> Server:
    """Start the site in `folder` and wait until it is ready.

    Raises:
        ServerDiedError: it ended, or did not answer in time.

    """
    port, log = free_port(), folder / "server.log"
    data_dir = folder / "data"
    inherited = {k: v for k, v in os.environ.items() if k not in CLEARED}
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [
                *(sys.executable, str(program), command),
                *("--port", str(port), "--server", server_program()),
            ],
            cwd=ROOT,
            env=inherited | {"DATA_DIR": str(data_dir)} | environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    server = Server(process=process, port=port, data_dir=data_dir, log=log)
    deadline = time.monotonic() + START_SECONDS
    while not server.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise ServerDiedError(f"the server did not come up:\n{server.log_text()}")
        time.sleep(0.1)
    return server
