"""Nothing has to be scrolled sideways on a screen of 320 CSS pixels."""

import pytest

from tests.e2e.conftest import Arrive, OpenWindow
from tests.support.meeting import face, sit_down
from tests.support.window import NARROW
from tests.support.wire_loop import WireLoop

UNBROKEN = "w" * 400


@pytest.mark.parametrize("mode", ["text", "video"])
def test_no_stage_of_a_conversation_scrolls_sideways(
    open_window: OpenWindow, arrive: Arrive, wire: WireLoop, topic: str, mode: str
) -> None:
    window = open_window(viewport=NARROW)
    sit_down(window, topic, mode)
    window.at("waiting")
    assert window.too_wide() == []
    bo = arrive(fingerprint=bytes(range(32)))
    face(window, bo, mode=mode)
    wire.run(bo.say(UNBROKEN))
    window.hears(UNBROKEN)
    window.say(UNBROKEN)
    wire.run(bo.hear())
    assert window.too_wide() == []
    wire.run(bo.leave("next", farewell="good_chat"))
    window.at("ended")

    assert window.too_wide() == []
