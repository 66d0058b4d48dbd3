"""`manage.py web`: one web worker of a site that runs in many processes."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from strangerspace import serving, static_collection
from strangerspace.server import Program, plain


class Command(BaseCommand):
    """Serve pages, REST and sockets until stopped; tables must be there."""

    help = (
        "Run one web worker. DATABASE_URL and REDIS_URL must be set; matcher, Celery "
        "worker and schedule are processes of their own."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the address; everything else is an environment variable."""
        serving.add_arguments(parser)

    @override
    def handle(self, *, port: int, host: str, server: Program, **_options: Any) -> None:
        """Serve, and turn every refusal into one line."""
        for name in ("DATABASE_URL", "REDIS_URL"):
            if not getattr(settings, name):
                raise CommandError(
                    f"{name} is not set: one process alone is `manage.py up`."
                )
        static_collection.collect_if_stale()
        try:
            serving.serve(
                program=server,
                listen=plain(host=host, port=port),
                ready=lambda: self._say(f"Listening on http://{host}:{port}"),
            )
        except serving.CannotListenError as error:
            raise CommandError(str(error)) from error

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
