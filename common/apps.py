"""Django application of the shared foundation."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Errors, ids, clock, events: what at least two apps need."""

    name = "common"
