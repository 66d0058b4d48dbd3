"""People for the tests of misbehaviour, and two whom none of it may disturb."""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Arrive
from tests.support.meeting import introduce
from tests.support.server import Server
from tests.support.wire_loop import WireLoop
from tests.wire_client.stranger import Stranger

Pair = tuple[Stranger, Stranger]


@pytest.fixture
def ana(arrive: Arrive) -> Stranger:
    return arrive()


@pytest.fixture
def bo(arrive: Arrive) -> Stranger:
    return arrive()


@pytest.fixture
def cy(arrive: Arrive) -> Stranger:
    return arrive()


@pytest.fixture(scope="module")
def bystanders(site: Server, wire: WireLoop) -> Iterator[Pair]:
    """Keep one conversation going beside everything that happens here."""
    dee = wire.run(Stranger.arrive(site.url))
    eli = wire.run(Stranger.arrive(site.url))
    wire.run(introduce(dee, eli, f"beside {os.urandom(6).hex()}"))
    yield dee, eli
    for one in (dee, eli):
        wire.run(one.go())


@pytest.fixture(autouse=True)
def _undisturbed(bystanders: Pair, site: Server, wire: WireLoop) -> Iterator[None]:
    """After each test the server is up and other conversations go on."""
    dee, eli = bystanders
    frames = len(eli.socket.frames)
    yield
    said = os.urandom(8).hex()
    wire.run(dee.say(said))
    assert wire.run(eli.hear()).text == said
    strange = [
        one for one in eli.socket.frames[frames:] if one["type"] != "queue.waiting"
    ]
    assert strange == []
    assert site.answers()


async def hears_nothing(*people: Stranger) -> None:
    """Check that nothing but what belongs to a silent conversation arrived."""
    before = [(len(one.socket.frames), len(one.socket.binary)) for one in people]
    for one, (frames, binary) in zip(people, before, strict=True):
        await one.settled()
        news = [f for f in one.socket.frames[frames:] if f["type"] != "pong"]
        assert news == []
        assert one.socket.binary[binary:] == []
