"""Periodic work of identity."""

from celery import shared_task

from identity import services


@shared_task
def expired_sessions_delete() -> None:
    """Delete sessions and tokens whose time is over."""
    services.expired_sessions_delete()
