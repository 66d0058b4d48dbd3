"""How people in tests find each other and nobody else: by a wish no other test has."""

import asyncio
from typing import Any

from tests.support.window import Window
from tests.support.wire_loop import wire_loop
from tests.wire_client.stranger import Stranger


def wish(topic: str) -> dict[str, Any]:
    """Ask for someone who names this topic, strictly."""
    return {"interests": [topic], "strictness": "strict"}


async def introduce(
    ana: Stranger, bo: Stranger, topic: str, mode: str = "text"
) -> None:
    """Let two wire clients meet and do the handshake."""
    await asyncio.gather(ana.meet(mode, **wish(topic)), bo.meet(mode, **wish(topic)))


def face(window: Window, stranger: Stranger, *, mode: str = "text") -> None:
    """Let a wire client meet the person at a window that waits already."""
    preferences = window.preferences()
    ticket = wish(preferences["interests"][0]) | {"languages": preferences["languages"]}
    wire_loop().run(
        stranger.meet(mode, **ticket),
        meanwhile=lambda: window.page.wait_for_timeout(20),
    )
    window.at("talking")


def sit_down(window: Window, topic: str, mode: str = "text") -> None:
    """Bring the person at a window from the landing page into the queue."""
    window.enter(mode, topic, "strict")
    window.begin()


def couple(one: Window, other: Window, topic: str, mode: str = "text") -> None:
    """Bring two people at two windows together."""
    sit_down(one, topic, mode)
    one.at("waiting")
    sit_down(other, topic, mode)
    one.at("talking")
    other.at("talking")
