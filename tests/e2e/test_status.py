"""The public numbers are counted, never guessed."""

import time

from tests.e2e.conftest import Arrive, OpenWindow
from tests.support.meeting import introduce, sit_down, wish
from tests.support.server import Server
from tests.support.wire_loop import WireLoop

QUIET_SECONDS = 15


def status_becomes(site: Server, **expected: object) -> dict[str, object]:
    deadline = time.monotonic() + QUIET_SECONDS
    while True:
        status = site.status()
        if expected.items() <= status.items() or time.monotonic() > deadline:
            return status
        time.sleep(0.1)


def test_numbers_equal_the_sockets_that_this_test_opened(
    site: Server, wire: WireLoop, arrive: Arrive, open_window: OpenWindow, topic: str
) -> None:
    nobody = {"text": 0, "voice": 0, "video": 0}
    empty = status_becomes(site, online=0)
    assert (empty["online"], empty["conversations"]) == (0, 0)
    assert empty["waiting"] == nobody

    ana, bo, cy = arrive(), arrive(), arrive()
    wire.run(introduce(ana, bo, topic))
    wire.run(cy.join("voice", **wish(topic)))
    sit_down(open_window(), topic, "video")
    waiting = nobody | {"voice": 1, "video": 1}
    status = status_becomes(site, online=4, waiting=waiting)
    assert (status["online"], status["conversations"]) == (4, 1)
    assert status["waiting"] == waiting

    wire.run(cy.leave_queue())
    wire.run(ana.leave("stop"))
    wire.run(bo.go())
    status = status_becomes(site, online=3, waiting=nobody | {"video": 1})
    assert (status["online"], status["conversations"]) == (3, 0)
    assert status["waiting"] == nobody | {"video": 1}


def test_two_sockets_of_one_visitor_are_one_person(
    site: Server, wire: WireLoop, arrive: Arrive, topic: str
) -> None:
    status_becomes(site, online=0)
    ana = arrive()
    second = type(ana)(ana.visitor)
    wire.run(second.connect())
    for socket in (ana, second):
        wire.run(socket.join(**wish(topic)))
        wire.run(socket.settled())
    status = site.status()
    wire.run(second.go())

    assert status["online"] == 1
    assert status["waiting"] == {"text": 1, "voice": 0, "video": 0}


def test_numbers_are_public_and_say_nothing_about_anyone(site: Server) -> None:
    assert set(site.status()) == {
        "online",
        "waiting",
        "conversations",
        "expected_seconds",
    }
