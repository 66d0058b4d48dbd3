"""Django application of trust: what makes a conversation provable."""

from django.apps import AppConfig


class TrustConfig(AppConfig):
    """Stamps, sealed conversation tokens and the keys behind both."""

    name = "trust"
