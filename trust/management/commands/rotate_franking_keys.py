"""`manage.py rotate_franking_keys`: what Celery does every ten minutes."""

from typing import Any

from django.core.management.base import BaseCommand
from typing_extensions import override

from common import clock
from trust.services import franking_keys_rotate


class Command(BaseCommand):
    """Make the next franking key if it is time, destroy the dead ones."""

    help = "Make the next franking key if it is time, and destroy the dead ones."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        rotation = franking_keys_rotate(now=clock.now())
        for life in rotation.make:
            self.stdout.write(f"key {life.kid} opens from {life.opens_from:%F %T} UTC")
        for kid in rotation.destroy:
            self.stdout.write(f"key {kid} destroyed")
        if not rotation.make and not rotation.destroy:
            self.stdout.write("nothing was due")
