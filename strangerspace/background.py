"""A Celery worker and its clock, in threads of the web process.

The same tasks, serialisation and retries as with a broker; only the transport
is memory, so what must survive a restart is re-runnable (ADR 0003). No code of
this process may wait for a task's result: Celery forbids it beside a worker.
"""

import threading
from typing import TYPE_CHECKING

from celery.beat import Scheduler, Service
from celery.concurrency.thread import TaskPool

if TYPE_CHECKING:
    from celery import Celery

# A task or two at once is plenty beside a web server on SQLite.
WORKER_THREADS = 2
# How often the schedule looks up: soon enough to stop without waiting.
BEAT_SECONDS = 1
# Longer than any task of ours runs; then the process ends regardless.
STOP_SECONDS = 5.0


class BackgroundWork:
    """Starts and stops the worker and the schedule together."""

    def __init__(self, app: "Celery") -> None:
        """Build both; a wrong configuration raises here, not in a thread."""
        self._worker = app.WorkController(
            pool=TaskPool,
            concurrency=WORKER_THREADS,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self._beat = Service(app, max_interval=BEAT_SECONDS, scheduler_cls=Scheduler)
        self._threads = [
            threading.Thread(target=self._worker.start, name="celery", daemon=True),
            threading.Thread(target=self._beat.start, name="beat", daemon=True),
        ]

    def start(self) -> None:
        """Start working; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish running tasks, for at most `STOP_SECONDS` each."""
        self._beat.stop()
        self._worker.stop()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
