"""What a case needs running: servers on one core, Redis beside the load."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.generator import Target
from bench.processes import Program, free_ports, wait_for_port

BENCH = Path(__file__).parent
ROOT = BENCH.parent
PEERS = BENCH / "peers"
SERVER_CORE, LOAD_CORE = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A case that can be measured now."""

    target: Target
    servers: list[Program]
    redis: Program | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a case may write, how many sockets it will be asked for, which cores."""

    folder: Path
    sockets: int
    server_core: int | None = SERVER_CORE
    load_core: int | None = LOAD_CORE
    profile: Path | None = None

    def log(self, name: str) -> Path:
        """Name the file in which a program may complain."""
        return self.folder / f"{name}.log"


Start = Callable[[Place], AbstractContextManager[Running]]


def install_peers() -> None:
    """Install the Node packages of the peers, if that has not been done."""
    stamp = PEERS / "node_modules" / ".stamp"
    wanted = (PEERS / "package-lock.json").read_bytes()
    if not stamp.is_file() or stamp.read_bytes() != wanted:
        # Not `npm ci`: it asks for builds for systems that a mirror may not carry.
        words = ("npm", "install", "--no-save", "--silent", "--no-audit", "--no-fund")
        subprocess.run(words, cwd=PEERS, check=True)
        stamp.write_bytes(wanted)


@contextmanager
def redis(place: Place) -> Iterator[tuple[Program, str]]:
    """Start a Redis that keeps nothing; gives it and its URL."""
    (port,) = free_ports(1)
    words = ("redis-server", "--port", str(port), "--bind", "127.0.0.1")
    keeps_nothing = ("--save", "", "--appendonly", "no", "--dir", str(place.folder))
    with Program(
        [*words, *keeps_nothing],
        core=place.load_core,
        log=place.log("redis"),
        ready="Ready to accept connections",
    ) as program:
        yield program, f"redis://127.0.0.1:{port}/0"


def any_partners(target: Target) -> Target:
    """Let the queue pair whom it likes."""
    return replace(target, own_partners=False)


# --- this site ----------------------------------------------------------------


def site_alone(server: str) -> Start:
    """One process with memory stores."""

    @contextmanager
    def start(place: Place) -> Iterator[Running]:
        (port,) = free_ports(1)
        tickets = place.folder / "tickets"
        with _site(place, server, port, tickets=tickets, redis_url="") as program:
            target = Target(dialect="strangerspace", ports=[port], tickets=tickets)
            yield Running(target=target, servers=[program], redis=None)

    return start


def site_in_two(server: str) -> Start:
    """Two processes and a matcher through Redis; partners sit on different ones."""

    @contextmanager
    def start(place: Place) -> Iterator[Running]:
        ports = free_ports(2)
        tickets = place.folder / "tickets"
        with ExitStack() as open_now:
            store, url = open_now.enter_context(redis(place))
            one = _site(place, server, ports[0], tickets=tickets, redis_url=url)
            servers = [open_now.enter_context(one)]
            other = _site(place, server, ports[1], tickets=None, redis_url=url)
            servers.append(open_now.enter_context(other))
            open_now.enter_context(_matcher(place, url))
            target = Target(
                dialect="strangerspace", ports=ports, tickets=tickets, own_partners=True
            )
            yield Running(target=target, servers=servers, redis=store)

    return start


def _environment(place: Place, redis_url: str) -> dict[str, str]:
    secret_file = place.folder / "secret"
    if not secret_file.is_file():
        secret_file.write_text(secrets.token_hex(32))
    secret = secret_file.read_text()
    return {
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(place.folder / "data"),
        "DATABASE_URL": "",
        "REDIS_URL": redis_url,
        "SECRET_KEY": secret,
        "FRANKING_MASTER_KEY": secret,
        "LOG_LEVEL": "WARNING",
        "ENV_FILE": os.devnull,
    }


def _site(
    place: Place, server: str, port: int, *, tickets: Path | None, redis_url: str
) -> Program:
    words = [
        sys.executable,
        "-m",
        "bench.site",
        "--server",
        server,
        "--port",
        str(port),
    ]
    if tickets is not None:
        issued = ("--tickets", str(place.sockets), "--ticket-file", str(tickets))
        words += ["--prepare", *issued]
        if place.profile is not None:
            words += ["--profile", str(place.profile)]
    return Program(
        words,
        core=place.server_core,
        log=place.log(f"site-{port}"),
        environment=_environment(place, redis_url),
        folder=ROOT,
    )


def _matcher(place: Place, redis_url: str) -> Program:
    return Program(
        [sys.executable, "manage.py", "matcher"],
        core=place.load_core,
        log=place.log("matcher"),
        environment=_environment(place, redis_url),
        ready="Matcher started",
        folder=ROOT,
    )


# --- peers ------------------------------------------------------------------


def socketio_alone(dialect: str) -> Start:
    """One Node process; partners know each other."""

    @contextmanager
    def start(place: Place) -> Iterator[Running]:
        (port,) = free_ports(1)
        with _node(place, port, redis_url="") as program:
            target = Target(dialect=dialect, ports=[port], own_partners=True)
            yield Running(target=target, servers=[program], redis=None)

    return start


@contextmanager
def socketio_in_two(place: Place) -> Iterator[Running]:
    """Two Node processes with the Redis adapter; a pair is a room."""
    ports = free_ports(2)
    with (
        redis(place) as (store, url),
        _node(place, ports[0], redis_url=url) as one,
        _node(place, ports[1], redis_url=url) as other,
    ):
        target = Target(dialect="socketio", ports=ports, own_partners=True)
        yield Running(target=target, servers=[one, other], redis=store)


def _node(place: Place, port: int, *, redis_url: str) -> Program:
    return Program(
        ["node", "socketio.js"],
        core=place.server_core,
        log=place.log(f"socketio-{port}"),
        environment={"PORT": str(port), "REDIS_URL": redis_url},
        folder=PEERS,
    )


@contextmanager
def stock_channels(place: Place) -> Iterator[Running]:
    """Daphne, AsyncJsonWebsocketConsumer and the core layer of channels_redis."""
    (port,) = free_ports(1)
    daphne = Path(sys.executable).parent / "daphne"
    with (
        redis(place) as (store, url),
        Program(
            [daphne, "-b", "127.0.0.1", "-p", str(port), "stock:application"],
            core=place.server_core,
            log=place.log("stock"),
            environment={"REDIS_URL": url, "PYTHONPATH": str(PEERS)},
            ready="",
            folder=PEERS,
        ) as program,
    ):
        wait_for_port(port)
        target = Target(dialect="json", ports=[port], own_partners=True)
        yield Running(target=target, servers=[program], redis=store)
