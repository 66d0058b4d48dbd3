"""Django application of matching: who meets whom."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Tickets, the pool and the runner that pairs them."""

    name = "matching"
