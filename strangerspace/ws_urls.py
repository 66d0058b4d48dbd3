"""The one WebSocket route."""

from typing import Any

from django.urls import path

from chat.consumers import StrangerConsumer

# Channels' routes: Django's patterns, but what they lead to is an ASGI application.
websocket_urlpatterns: list[Any] = [
    path("ws/v1/", StrangerConsumer.as_asgi()),  # type: ignore[arg-type]  # as above
]
