"""`manage.py matcher`: pair those who wait, or stand by for the one who does."""

import asyncio
import signal
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from common.redis import configured
from common.worker import worker_id
from matching.matcher import Matcher

ALONE = (
    "REDIS_URL is not set: this site is one process, `manage.py up`, which matches "
    "for itself. A matcher of its own is for several processes that share a Redis."
)


class Command(BaseCommand):
    """Run the matcher until stopped; start a second one as its standby."""

    help = "Pair waiting people for every web process; a second one stands by."

    @override
    def handle(self, **_options: Any) -> None:
        """Serve until SIGTERM or SIGINT."""
        if not configured():
            raise CommandError(ALONE)
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        matcher = Matcher(worker_id())
        serving = asyncio.create_task(matcher.run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, serving.cancel)
        self.stdout.write("Matcher started.")
        self.stdout.flush()
        with suppress(asyncio.CancelledError):
            await serving
