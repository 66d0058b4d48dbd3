"""Real services, private to one test run: on free ports, in a folder of their own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.support.processes import end, kill, program, spawn
from tests.support.server import free_port

START_SECONDS = 20
STOP_SECONDS = 10
POSTGRES_USER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""


class PrivateRedis:
    """A Redis server that keeps nothing on disk; `restart` comes back empty."""

    def __init__(self, folder: Path) -> None:
        """Choose a port; `start` starts it."""
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for `REDIS_URL`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start and wait until it answers."""
        self._process = spawn(
            [
                *(program("redis-server"), "--port", str(self.port)),
                *("--bind", "127.0.0.1", "--dir", str(self._folder)),
                *("--save", "", "--appendonly", "no"),
            ],
            log=self._folder / "redis.log",
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server did not come up"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it at once; what it held is gone."""
        if self._process is not None:
            kill(self._process)
            self._process = None

    def restart(self) -> None:
        """Come back empty on the same port."""
        self.kill()
        self.start()

    def _answers(self) -> bool:
        try:
            with Redis(port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except RedisError:
            return False


class PrivatePostgres:
    """A PostgreSQL server whose data lasts from the first `start` to `remove`.

    Data lie in a short path of its own: the folder of a test is closed to the
    unprivileged user, and too long for a Unix socket.
    """

    def __init__(self, folder: Path) -> None:
        """Choose a port; `folder` gets the log."""
        self.port = free_port()
        self._log = folder / "postgres.log"
        self._user = POSTGRES_USER if os.geteuid() == 0 else None
        self._data: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for `DATABASE_URL`; the user may make other databases."""
        return f"postgres://strangerspace@127.0.0.1:{self.port}/strangerspace"

    def start(self) -> None:
        """Start and wait until it answers; the first time, make the database."""
        fresh = self._data is None
        data = self._initialised() if self._data is None else self._data
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, self._log.read_text()
            if self._process is None or self._process.poll() is not None:
                # After `kill`, its last backends may still be going.
                self._process = self._serve(data)
            time.sleep(0.05)
        if fresh:
            self._run("createdb", *self._address(), "strangerspace")

    def stop(self) -> None:
        """Shut it down as an operator does: running queries are rolled back."""
        if self._process is not None:
            end(self._process, signal.SIGINT, STOP_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End it at once; the next start recovers what was committed."""
        if self._process is not None:
            kill(self._process)
            self._process = None

    def restart(self) -> None:
        """Shut it down and start it again with its data."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """End it and delete its data."""
        self.kill()
        if self._data is not None:
            shutil.rmtree(self._data)
            self._data = None

    def _initialised(self) -> Path:
        data = self._data = Path(tempfile.mkdtemp(prefix="ss-postgres-", dir="/tmp"))
        if self._user:
            shutil.chown(data, self._user, self._user)
        self._run(
            *("initdb", "--pgdata", str(data), "--username", "strangerspace"),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"),
            *("--no-sync", "--no-instructions"),
        )
        return data

    def _serve(self, data: Path) -> subprocess.Popen[bytes]:
        settings = (
            *("fsync=off", "full_page_writes=off"),
            *("listen_addresses=127.0.0.1", f"unix_socket_directories={data}"),
            *("shared_buffers=32MB", "max_connections=200"),
        )
        options = [part for setting in settings for part in ("-c", setting)]
        return self._spawn("postgres", "-D", str(data), "-p", str(self.port), *options)

    def _answers(self) -> bool:
        return self._spawn("pg_isready", "-q", *self._address()).wait() == 0

    def _address(self) -> tuple[str, ...]:
        return ("-h", "127.0.0.1", "-p", str(self.port), "-U", "strangerspace")

    def _run(self, name: str, *arguments: str) -> None:
        failed = self._spawn(name, *arguments).wait()
        assert not failed, f"{name}: {self._log.read_text()}"

    def _spawn(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        # Debian keeps its programs out of the path.
        homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        command = [program(name, *homes), *arguments]
        return spawn(
            command, log=self._log, folder=Path("/"), user=self._user, at_death="QUIT"
        )


@contextmanager
def private_redis(folder: Path) -> Iterator[PrivateRedis]:
    """Run a Redis server for as long as the block lasts."""
    server = PrivateRedis(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def private_postgres(folder: Path) -> Iterator[PrivatePostgres]:
    """Run a PostgreSQL server with an empty database for as long as the block lasts."""
    server = PrivatePostgres(folder)
    try:
        server.start()
        yield server
    finally:
        server.remove()
