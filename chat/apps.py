"""Django application of the chat: sockets, queue places, conversations."""

from django.apps import AppConfig
from typing_extensions import override


class ChatConfig(AppConfig):
    """The only app that knows how two strangers are put together."""

    name = "chat"

    @override
    def ready(self) -> None:
        """Listen to the news of the apps below."""
        from chat import subscribers  # noqa: PLC0415  models must be loaded first

        subscribers.connect()
