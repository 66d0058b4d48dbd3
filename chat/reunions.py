"""Conversations that just ended by `next`, whose two may ask for each other."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from chat.connections import Connection
from chat.domain.policy import SOCKET
from chat.domain.reunion import Reunion
from chat.far import FarConnection
from chat.waiting import Waiting
from common import clock
from common.ids import ConversationId
from trust.domain.franking import Role


@dataclass(frozen=True, slots=True)
class _Parted:
    reunion: Reunion
    sides: dict[Role, Waiting]


class Reunions:
    """What was said about each of the last few seconds' conversations."""

    def __init__(self) -> None:
        """Start with none."""
        self._parted: dict[ConversationId, _Parted] = {}

    def open(self, conversation: ConversationId, sides: Mapping[Role, Waiting]) -> None:
        """Give the two sides a moment to ask."""
        until = clock.monotonic() + SOCKET.again_seconds
        self._parted[conversation] = _Parted(Reunion(until=until), dict(sides))
        loop = asyncio.get_running_loop()
        loop.call_later(SOCKET.again_seconds, self.close, conversation)

    def close(self, conversation: ConversationId) -> None:
        """Forget it."""
        self._parted.pop(conversation, None)

    def ask(
        self, conversation: ConversationId, connection: Connection | FarConnection
    ) -> tuple[Waiting, Waiting] | None:
        """Count a wish; gives both sides once both have it.

        Only the two sockets of that conversation count.
        """
        parted = self._parted.get(conversation)
        if parted is None:
            return None
        for role, side in parted.sides.items():
            if side.connection == connection:
                # A socket of another process brings the slot it drew for this.
                parted.sides[role] = replace(side, connection=connection)
                both = parted.reunion.ask(role, clock.monotonic())
                return (parted.sides[Role.A], parted.sides[Role.B]) if both else None
        return None


@cache
def reunions() -> Reunions:
    """Return the reunions of this process."""
    return Reunions()
