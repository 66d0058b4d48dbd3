"""Django application of the project itself: commands and system checks."""

from django.apps import AppConfig
from typing_extensions import override


class ProjectConfig(AppConfig):
    """The composition root; nothing imports it."""

    name = "strangerspace"

    @override
    def ready(self) -> None:
        """Register the system checks."""
        from strangerspace import checks as _checks  # noqa: F401, PLC0415  registers by import
