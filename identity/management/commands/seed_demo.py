"""`manage.py seed_demo`: what a first look needs."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from identity import demo


class Command(BaseCommand):
    """Make the demo moderator; a second time changes nothing."""

    help = "Make a demo moderator with a random TOTP secret. Only when DEMO is on."

    @override
    def handle(self, **_options: Any) -> None:
        """Seed, and say where the login lies."""
        if not settings.DEMO:
            msg = "DEMO is off: a site that is not a demo gets no demo logins."
            raise CommandError(msg)
        path = demo.moderator_seed()
        self.stdout.write(f"{demo.EMAIL} may sign in; its TOTP secret is in {path}")
