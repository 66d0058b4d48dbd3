"""Periodic work of trust."""

from celery import shared_task

from common import clock
from trust import services


@shared_task(name="trust.tasks.franking_keys_rotate")
def franking_keys_rotate() -> None:
    """Make the next franking key and destroy the dead ones."""
    services.franking_keys_rotate(now=clock.now())
