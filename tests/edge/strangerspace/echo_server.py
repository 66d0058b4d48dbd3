"""A server of ours around an echo: `echo_server.py PROGRAM PORT`.

What it sends goes through `chat.outgoing`, as everything of the site does.
"""

import asyncio
import os
import sys

from chat.domain.policy import SOCKET
from chat.outgoing import Outgoing
from strangerspace import server

TOO_SLOW = 1013


async def echo(scope, receive, send):
    """Answer "big" with 60,000 bytes and everything else with itself."""
    assert scope["type"] == "websocket"
    await receive()
    await send({"type": "websocket.accept"})
    outgoing = Outgoing(send, policy=SOCKET)
    outgoing.start()
    try:
        while (event := await receive())["type"] == "websocket.receive":
            said = event.get("text") or ""
            answer = "y" * 60_000 if said == "big" else f"{said[:20]} {len(said)}"
            if not outgoing.give(answer):
                outgoing.abandon(TOO_SLOW)
    finally:
        await outgoing.stop()


async def farewell():
    """Take as many seconds as the environment says."""
    print("asked to stop", flush=True)
    await asyncio.sleep(float(os.environ.get("FAREWELL_SECONDS", "0")))
    print("all gone", flush=True)


if __name__ == "__main__":
    server.build(
        echo,
        program=server.Program(sys.argv[1]),
        listen=server.plain(host="127.0.0.1", port=int(sys.argv[2])),
        ready=lambda: print("ready", flush=True),
        before_stop=farewell,
    ).run()
