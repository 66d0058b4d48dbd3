"""A server of ours around an application that only echoes: `echo_server.py PORT`."""

import sys

from strangerspace import server


async def echo(scope, receive, send):
    """Answer "big" with 60,000 bytes and everything else with itself."""
    assert scope["type"] == "websocket"
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        said = event.get("text") or ""
        answer = "y" * 60_000 if said == "big" else f"{said[:20]} {len(said)}"
        await send({"type": "websocket.send", "text": answer})


if __name__ == "__main__":
    server.build(
        echo,
        endpoints=server.plain_endpoints(host="127.0.0.1", port=int(sys.argv[1])),
        ready=lambda: print("ready", flush=True),
    ).run()
