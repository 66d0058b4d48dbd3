"""The site itself, served for a measurement: its own server code, tickets in a file.

Run as a program. It migrates a data folder of its own, draws the franking key,
issues socket tickets through the site's own store, and serves as `manage.py web`
does. Tickets live for long here, because a measurement opens ten thousand sockets
one after the other. SIGUSR1 starts a profile and, the second time, writes it.
"""

import argparse
import cProfile
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strangerspace.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402  apps must be loaded first

from chat.domain.policy import TICKET  # noqa: E402  as above
from chat.socket_tickets import Claims, socket_tickets  # noqa: E402  as above
from common import clock  # noqa: E402  as above
from common.ids import PersonId, VisitorId, new_visitor_id  # noqa: E402  as above
from common.vocabulary import Mode  # noqa: E402  as above
from strangerspace import serving, static_collection  # noqa: E402  as above
from strangerspace.server import Listen, Program  # noqa: E402  as above
from trust.selectors import opening_key  # noqa: E402  as above

TICKET_LIFE_SECONDS = 3600.0
"""A whole visit of a case, with room."""


def main() -> None:
    """Prepare what was asked for, and serve until SIGTERM."""
    options = _options()
    if options.prepare:
        call_command("migrate", interactive=False, verbosity=0)
        static_collection.collect_if_stale()
    opening_key(clock.now())
    if options.tickets:
        _issue(options.tickets, options.ticket_file)
    if options.profile:
        _profile_into(options.profile)
    serving.serve(
        program=Program(options.server),
        listen=Listen(hosts=("127.0.0.1",), port=options.port),
        ready=_say_ready,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=list(Program), required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--prepare", action="store_true", help="migrate first")
    parser.add_argument("--tickets", type=int, default=0)
    parser.add_argument("--ticket-file", type=Path)
    parser.add_argument("--profile", type=Path)
    return parser.parse_args()


def _issue(count: int, file: Path) -> None:
    """Issue one ticket to each of so many new visitors."""
    store = socket_tickets()
    policy = replace(TICKET, life_seconds=TICKET_LIFE_SECONDS, most=2 * count + 1)
    vars(store)["_policy"] = policy  # no operator may choose it, so no setting does
    now = clock.monotonic()
    with file.open("w") as lines:
        lines.writelines(f"{store.issue(_somebody(), now=now)}\n" for _ in range(count))


def _somebody() -> Claims:
    visitor_id: VisitorId = new_visitor_id()
    return Claims(
        visitor_id=visitor_id,
        person_id=PersonId(visitor_id),
        account_id=None,
        modes=tuple(Mode),
        from_browser=False,
    )


def _say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _profile_into(file: Path) -> None:
    profiler, running = cProfile.Profile(), [False]

    def toggle(*_: object) -> None:
        if running.pop():
            profiler.disable()
            profiler.dump_stats(file)
            running.append(False)
        else:
            running.append(True)
            profiler.enable()

    signal.signal(signal.SIGUSR1, toggle)


if __name__ == "__main__":
    main()
