"""Django application of creators: badges that partners can trust."""

from django.apps import AppConfig


class CreatorsConfig(AppConfig):
    """Crowns, granted and revoked by staff."""

    name = "creators"
