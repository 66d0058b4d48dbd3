"""The whole site as it runs when one process is not enough, for tests.

The same programs as in `deploy/compose.yaml`, as processes on free ports: two web
workers behind a balancer, a matcher and its standby, a Celery worker and its
schedule, Redis and PostgreSQL. Each has a log in the folder of the topology, and
each can be killed, paused and restarted::

    with topology(folder) as site:
        ana = await Stranger.arrive(site.url)
        site.programs["web1"].kill()
        site.redis.restart()

Everything ends with the block, and with the test run, however that ends.
"""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
from redis import Redis
from redis.exceptions import RedisError

from tests.support.balancer import Balancer, Line
from tests.support.processes import Program, spawn
from tests.support.server import CLEARED, ROOT, free_port
from tests.support.services import PrivatePostgres, PrivateRedis

WEB = {"web1": "daphne", "web2": "uvicorn"}
"""Web workers by the server program that each runs: what holds, holds for both."""
MATCHERS = ("matcher1", "matcher2")
DRAIN_SECONDS = 75
"""A web worker may take 65 s to give its conversations away."""
STOP_SECONDS = 15
BALANCE_SECONDS = 5
ANSWER_SECONDS = 2
COMMAND_SECONDS = 60


class Topology:
    """A site of many processes; `start` starts it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Choose ports and name the programs.

        Args:
            folder: for data and logs.
            settings: more environment for every process of ours.

        """
        self._folder = folder
        self._settings = settings
        self._line: Line | None = None
        self.redis = PrivateRedis(folder)
        self.postgres = PrivatePostgres(folder)
        self.ports = {name: free_port() for name in WEB}
        self.balancer = Balancer(tuple(self.ports.values()))
        self._environment = self._environ()
        self.programs = {
            **{name: self._web(name) for name in WEB},
            **{name: self._matcher(name) for name in MATCHERS},
            "worker": self._celery("worker", "--concurrency=2"),
            "beat": self._celery("beat"),
        }

    @property
    def url(self) -> str:
        """The address of the site, whichever worker is well."""
        assert self._line is not None, "the site was not started"
        return self._line.url

    def line(self, near: str | None = None) -> Line:
        """Open an address of the site for one client: it can be cut.

        Args:
            near: the web worker that it leads to as long as that one is well.

        """
        return self.balancer.line(None if near is None else self.ports[near])

    def start(self) -> None:
        """Start everything, and wait until the site takes people."""
        self.balancer.start()
        self._line = self.line()
        with ThreadPoolExecutor() as pool:
            tuple(pool.map(lambda one: one.start(), (self.redis, self.postgres)))
        self.run("manage.py", "migrate")
        for program in self.programs.values():
            program.begin()
        for program in self.programs.values():
            program.ready()
        self.settled()

    def settled(self) -> None:
        """Wait until the balancer gives people to every web worker."""
        everyone = frozenset(self.ports.values())
        deadline = time.monotonic() + BALANCE_SECONDS
        while self.balancer.well() != everyone:
            assert time.monotonic() < deadline, self.balancer.well()
            time.sleep(0.05)

    def stop(self) -> None:
        """End everything at once, and delete the database."""
        for program in self.programs.values():
            program.kill()
        self.redis.kill()
        self.postgres.remove()
        self.balancer.stop()

    def run(self, *command: str) -> str:
        """Run a command of ours to its end; returns what it said."""
        log = self._folder / f"{command[-1]}.log"
        log.unlink(missing_ok=True)
        process = spawn(
            (sys.executable, *command),
            log=log,
            environment=self._environment,
            folder=ROOT,
        )
        assert process.wait(COMMAND_SECONDS) == 0, log.read_text()
        return log.read_text()

    def status(self, name: str) -> dict[str, object]:
        """Read the public numbers from one web worker."""
        found = self._get(name, "/api/v1/status")
        return dict(found.raise_for_status().json())

    # --- the programs -------------------------------------------------------------

    def _environ(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k not in CLEARED}
        return {
            **inherited,
            "ENV_FILE": os.devnull,
            "DATA_DIR": str(self._folder / "data"),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FRANKING_MASTER_KEY": secrets.token_urlsafe(48),
            "LOG_LEVEL": "INFO",
            **self._settings,
        }

    def _web(self, name: str) -> Program:
        port, server = str(self.ports[name]), os.environ.get("SERVER", WEB[name])
        return self._program(
            name,
            *("manage.py", "web", "--port", port, "--server", server),
            answers=lambda _: self._is_open(name),
            stop_seconds=DRAIN_SECONDS,
        )

    def _matcher(self, name: str) -> Program:
        started = partial(Program.has_said, words="Matcher started.")
        return self._program(name, "manage.py", "matcher", answers=started)

    def _celery(self, name: str, *options: str) -> Program:
        return self._program(
            name,
            *("-m", "celery", "-A", "strangerspace", name, *options),
            answers=self._takes_work if name == "worker" else Program.runs,
        )

    def _program(
        self,
        name: str,
        *command: str,
        answers: Callable[[Program], bool],
        stop_seconds: float = STOP_SECONDS,
    ) -> Program:
        return Program(
            command=(sys.executable, *command),
            log=self._folder / f"{name}.log",
            answers=answers,
            environment=self._environment,
            folder=ROOT,
            stop_seconds=stop_seconds,
        )

    def _is_open(self, name: str) -> bool:
        try:
            return self._get(name, "/healthz/open").is_success
        except httpx.TransportError:
            return False

    def _get(self, name: str, path: str) -> httpx.Response:
        address = f"http://127.0.0.1:{self.ports[name]}{path}"
        return httpx.get(address, timeout=ANSWER_SECONDS, trust_env=False)

    def _takes_work(self, _worker: Program) -> bool:
        try:
            with Redis(port=self.redis.port, socket_timeout=ANSWER_SECONDS) as client:
                return any(one["cmd"] == "brpop" for one in client.client_list())
        except RedisError:
            return False


@contextmanager
def topology(folder: Path, **settings: str) -> Iterator[Topology]:
    """Run the site of many processes for as long as the block lasts."""
    site = Topology(folder, **settings)
    try:
        site.start()
        yield site
    finally:
        site.stop()
