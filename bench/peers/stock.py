"""A relay as the Channels tutorial would have it: daphne, consumer, Redis layer.

An `AsyncJsonWebsocketConsumer` that reaches its partner through the core layer of
channels_redis. Two stock settings are changed because the stack fails with them:
`socket_timeout` None, or the blocking reader dies after redis-py 8's five seconds,
and `capacity` raised from 100, or overload raises ChannelFull inside `receive` and
drops the socket.
"""

import os
from typing import Any

import django
from django.conf import settings

CAPACITY = 100_000
CONNECTIONS = 10_000

settings.configure(
    SECRET_KEY="of a server that lives for one measurement",  # noqa: S106  no session is signed with it
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                "hosts": [
                    {
                        "address": os.environ["REDIS_URL"],
                        "socket_timeout": None,
                        "max_connections": CONNECTIONS,
                    }
                ],
                "capacity": CAPACITY,
            },
        }
    },
)
django.setup()

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402  apps must be loaded first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  as above
from django.urls import path  # noqa: E402  as above
from typing_extensions import override  # noqa: E402  as above

waiting: dict[int, "Relay"] = {}


class Relay(AsyncJsonWebsocketConsumer):
    """One socket of a pair; knows its partner by the name of its channel."""

    partner = ""

    @override
    async def receive_json(self, content: dict[str, Any], **_: Any) -> None:
        """Join, or pass on to the partner what came."""
        if content["type"] == "join":
            self._join(content["pair"])
            await self.send_json({"type": "joined"})
            return
        passed = {"type": "pass.on", "frame": content}
        await self.channel_layer.send(self.partner, passed)
        if content["type"] == "message":
            await self.send_json({"type": "receipt", "seq": content["seq"]})

    async def pass_on(self, event: dict[str, Any]) -> None:
        """Send what the partner said."""
        await self.send_json(event["frame"])

    def _join(self, pair: int) -> None:
        other = waiting.pop(pair, None)
        if other is None:
            waiting[pair] = self
        else:
            self.partner, other.partner = other.channel_name, self.channel_name


consumer: Any = Relay.as_asgi()
application: Any = ProtocolTypeRouter({"websocket": URLRouter([path("ws/", consumer)])})
