"""Django application of identity."""

from django.apps import AppConfig
from typing_extensions import override


class IdentityConfig(AppConfig):
    """Visitors, accounts, age, preferences."""

    name = "identity"

    @override
    def ready(self) -> None:
        """Listen to sign-in and sign-out; describe authentication to OpenAPI."""
        from identity import (  # noqa: PLC0415  apps must be loaded first
            openapi as _openapi,  # noqa: F401  registers by import
        )
        from identity import subscribers  # noqa: PLC0415  apps must be loaded first

        subscribers.connect()
