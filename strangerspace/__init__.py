"""The composition root: settings, routes, processes. Nothing imports it."""

from strangerspace.celery import app as celery_app

__all__ = ["celery_app"]
