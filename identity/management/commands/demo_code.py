"""`manage.py demo_code`: the second factor of the demo moderator."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from common.clock import unix
from identity import demo


class Command(BaseCommand):
    """Print the six digits that are right now."""

    help = "Print the demo moderator's current TOTP code. Only when DEMO is on."

    @override
    def handle(self, **_options: Any) -> None:
        """Compute the code from the file that seed_demo wrote."""
        if not settings.DEMO:
            msg = "DEMO is off."
            raise CommandError(msg)
        try:
            self.stdout.write(demo.code_at(unix()))
        except FileNotFoundError as error:
            msg = "There is no demo login yet: run seed_demo first."
            raise CommandError(msg) from error
