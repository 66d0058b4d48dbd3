"""`manage.py up`: the whole site, embedded in one process."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from identity import demo
from strangerspace import embedded, lan, serving
from strangerspace.process_lock import AlreadyRunningError
from strangerspace.server import Listen, Program, Tls, plain

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
SEVERAL = (
    "REDIS_URL is set, so this site is many processes: run `manage.py web`, "
    "`manage.py matcher` and Celery's worker and beat (docs/operating.md). This is "
    "for one process alone."
)
LOCAL_HINT = (
    "These two addresses have two cookie jars: open both, and you are two strangers."
)
LAN_HINT = (
    "Devices in the same network warn once: they do not know this certificate, which "
    "was made here. Go on only on a network that you trust."
)
INSECURE_HINT = (
    "Without https, browsers open camera and encryption on localhost only: put a proxy "
    "with a certificate in front, or use --lan."
)
ONE_PERSON_HINT = (
    "Two windows of one browser are one person; open a private window or another "
    "browser for the second."
)


class Command(BaseCommand):
    """Prepare the data folder and serve until stopped."""

    help = "Run the whole site in this process: web, sockets, worker and schedule."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the address; everything else is an environment variable."""
        serving.add_arguments(parser)
        parser.add_argument(
            "--lan",
            action="store_true",
            help="serve https on the local network with a certificate made here",
        )

    @override
    def handle(
        self, *, port: int, host: str, server: Program, lan: bool, **_options: Any
    ) -> None:
        """Serve, and turn every refusal into one line."""
        if settings.REDIS_URL:
            raise CommandError(SEVERAL)
        try:
            if lan:
                self._serve_lan(port, server)
            else:
                self._serve_plain(host, port, server)
        except (AlreadyRunningError, serving.CannotListenError) as error:
            raise CommandError(str(error)) from error

    def _serve_plain(self, host: str, port: int, program: Program) -> None:
        embedded.prepare(say=self._say)
        hosts = ("localhost", "127.0.0.1") if host in LOOPBACK_HOSTS else (host,)
        embedded.serve(
            program=program,
            listen=plain(host=host, port=port),
            ready=lambda: self._welcome(
                [f"http://{each}:{port}" for each in hosts],
                hint=LOCAL_HINT if host in LOOPBACK_HOSTS else INSECURE_HINT,
            ),
        )

    def _serve_lan(self, port: int, program: Program) -> None:
        try:
            address = lan.own_address()
        except lan.NoAddressError as error:
            raise CommandError(str(error)) from error
        if address not in settings.ALLOWED_HOSTS:
            # Settings come from the environment alone: start again with it.
            added = lan.environment(address, allowed_hosts=settings.ALLOWED_HOSTS)
            command = [sys.executable, *sys.argv]
            os.execve(sys.executable, command, {**os.environ, **added})  # noqa: S606  ourselves
        embedded.prepare(say=self._say)
        key, certificate = lan.certificate(Path(settings.DATA_DIR), address)
        urls = [f"https://{each}:{port}" for each in (address, "localhost")]
        embedded.serve(
            program=program,
            listen=Listen(
                hosts=("0.0.0.0",),  # noqa: S104  every address, as --lan says
                port=port,
                tls=Tls(key=key, certificate=certificate),
            ),
            ready=lambda: self._welcome(urls, hint=LAN_HINT),
        )

    def _welcome(self, urls: Sequence[str], *, hint: str) -> None:
        self._say(f"Listening on {' and '.join(urls)}")
        self._say(hint)
        self._say(ONE_PERSON_HINT)
        if settings.DEMO:
            self._say(
                f"Demo staff: {urls[0]}/admin/ as {demo.EMAIL}; the code sent by\n"
                "e-mail appears in this window, and this prints the second one:\n"
                f"  DEMO=true DATA_DIR='{settings.DATA_DIR}' {sys.executable} "
                "manage.py demo_code"
            )
        self._say(f"Data lies in {settings.DATA_DIR}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
