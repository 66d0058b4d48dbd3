"""Forwarding headers count only from a proxy that the operator named."""

import json
import subprocess
import sys

import pytest

from tests.support.server import ROOT

ASK = """
import asyncio, json, sys
from strangerspace import asgi
seen = {}
async def application(scope, receive, send):
    seen.update(scheme=scope.get("scheme"), client=scope["client"][0])
asgi.django_application = None
wrapped = asgi.application
if type(wrapped).__name__ == "ProxyHeadersMiddleware":
    wrapped.app = application
else:
    wrapped = application
scope = {
    "type": "http", "scheme": "http", "client": [sys.argv[1], 4242],
    "headers": [
        (b"x-forwarded-proto", b"https"), (b"x-forwarded-for", sys.argv[2].encode())
    ],
}
asyncio.run(wrapped(scope, None, None))
print(json.dumps(seen))
"""


def seen_by_the_site(tmp_path, *, peer, forwarded, proxies):
    asked = subprocess.run(
        [sys.executable, "-c", ASK, peer, forwarded],
        cwd=ROOT,
        env={
            "DATA_DIR": str(tmp_path),
            "ENV_FILE": "/dev/null",
            "TRUSTED_PROXIES": proxies,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(asked.stdout)


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "seen"),
    [
        ("", "127.0.0.1", "203.0.113.7", "127.0.0.1 http"),
        ("10.0.0.0/8", "203.0.113.9", "203.0.113.7", "203.0.113.9 http"),
        ("10.0.0.0/8", "10.1.2.3", "203.0.113.7", "203.0.113.7 https"),
        ("10.0.0.0/8", "10.1.2.3", "1.1.1.1, 203.0.113.7", "203.0.113.7 https"),
        ("10.1.2.3", "10.1.2.3", "203.0.113.7", "203.0.113.7 https"),
    ],
)
def test_only_a_named_proxy_may_say_who_calls(tmp_path, proxies, peer, forwarded, seen):
    found = seen_by_the_site(tmp_path, peer=peer, forwarded=forwarded, proxies=proxies)

    assert f"{found['client']} {found['scheme']}" == seen
