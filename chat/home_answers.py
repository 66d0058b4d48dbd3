"""Sockets that asked another process to resume, and await what it says."""

import asyncio
from enum import Enum
from functools import cache


class Answer(Enum):
    """What the home said."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"


class HomeAnswers:
    """Sockets of this process that wait for an answer."""

    def __init__(self) -> None:
        """Start with none."""
        self._waiting: dict[int, asyncio.Future[Answer | bytes]] = {}

    def expect(self, socket: int) -> asyncio.Future[Answer | bytes]:
        """Wait for the answer about a socket."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[socket] = future
        return future

    def answered(self, socket: int) -> None:
        """Note that the home takes care of the socket."""
        self._settle(socket, Answer.ANSWERED)

    def unknown(self, socket: int) -> None:
        """Note that it was not the home."""
        self._settle(socket, Answer.UNKNOWN)

    def handed_over(self, socket: int, raw: bytes) -> None:
        """Note that it drains, and take the conversation."""
        self._settle(socket, raw)

    def waits(self, socket: int) -> bool:
        """Say whether a socket waits for a home's answer."""
        return socket in self._waiting

    def forget(self, socket: int) -> None:
        """Wait no longer."""
        self._waiting.pop(socket, None)

    def _settle(self, socket: int, answer: Answer | bytes) -> None:
        future = self._waiting.pop(socket, None)
        if future is not None and not future.done():
            future.set_result(answer)


@cache
def home_answers() -> HomeAnswers:
    """Return those of this process."""
    return HomeAnswers()
