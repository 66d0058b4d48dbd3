"""`manage.py reset_data --yes`: an installation as on its first day."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from strangerspace import process_lock

# Only what the server itself writes: the folder may be anyone's.
OURS = (
    "strangerspace.sqlite3*",
    "secret_key",
    "franking_master_key",
    "demo_login.json",
    "static.stamp",
    "static.lock",
    "celerybeat-schedule*",
    "lan.key",
    "lan.crt",
)


class Command(BaseCommand):
    """Delete database, keys, demo logins and collected files."""

    help = "Delete the data of this installation. Nothing else in the folder goes."
    requires_system_checks = ()

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the word that says it is meant."""
        parser.add_argument("--yes", action="store_true", required=True)

    @override
    def handle(self, **_options: Any) -> None:
        """Delete, unless a server uses the folder now."""
        data_dir = Path(settings.DATA_DIR)
        try:
            process_lock.take(data_dir)
        except process_lock.AlreadyRunningError as error:
            raise CommandError(str(error)) from error
        for pattern in OURS:
            for path in data_dir.glob(pattern):
                path.unlink()
        shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
        self.stdout.write(f"Deleted the data in {data_dir}")
