"""The whole site in one process: prepare the data folder, then serve.

Order matters: the lock first, so that a second process changes nothing; then
tables, static files and demo data; then background work; the web server last,
in the main thread, because it takes the signals.
"""

import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from strangerspace import process_lock, serving, static_collection
from strangerspace.background import BackgroundWork
from strangerspace.celery import app as celery_app
from strangerspace.server import Listen, Program


def prepare(*, say: Callable[[str], None]) -> None:
    """Bring the data folder up to date with the code; quick when it is.

    Raises:
        AlreadyRunningError: another process holds the data folder.

    """
    os.umask(0o077)  # database and keys are for this user alone
    process_lock.take(Path(settings.DATA_DIR), shared=bool(settings.REDIS_URL))
    call_command("migrate", interactive=False, verbosity=0)
    if static_collection.collect_if_stale():
        say("Collected static files.")
    if settings.DEMO:
        call_command("seed_demo", stdout=StringIO())


def serve(*, program: Program, listen: Listen, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called once it listens.

    Raises:
        CannotListenError: an address is taken or not ours.

    """
    background = BackgroundWork(celery_app)
    background.start()
    try:
        serving.serve(program=program, listen=listen, ready=ready)
    finally:
        background.stop()
