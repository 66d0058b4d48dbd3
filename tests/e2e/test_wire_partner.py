"""A program that knows only the protocol and a person at a browser meet."""

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.conftest import Arrive, OpenWindow
from tests.support.meeting import face, sit_down
from tests.support.window import Window
from tests.support.wire_loop import WireLoop
from tests.wire_client import records
from tests.wire_client.mischief import forged
from tests.wire_client.stamps import MEDIA


@pytest.fixture
def ana(open_window: OpenWindow, topic: str) -> Window:
    window = open_window()
    sit_down(window, topic)
    window.at("waiting")
    return window


@pytest.mark.parametrize("suites", [(1, 2), (2,)], ids=["X25519", "P-256"])
def test_text_goes_both_ways(
    ana: Window, arrive: Arrive, wire: WireLoop, suites: tuple[int, ...]
) -> None:
    bo = arrive(suites=suites)
    face(ana, bo)
    first = wire.run(bo.say("hello from a program"))
    ana.hears("hello from a program")
    wire.run(bo.acknowledged(first))
    ana.say("hello from a person 👋")
    heard = wire.run(bo.hear())

    assert bo.conversation is not None
    assert bo.conversation.matched["suite"] == suites[0]
    assert heard.text == "hello from a person 👋"
    assert heard.peer_seen == first.seq
    assert bo.dropped == []
    expect(ana.lines("you")).to_have_attribute("data-state", "received")


def test_both_show_the_same_safety_code(
    ana: Window, arrive: Arrive, emoji: list[str]
) -> None:
    bo = arrive()
    face(ana, bo)
    assert bo.conversation is not None
    expected = "".join(emoji[index] for index in bo.conversation.safety_code[:5])

    assert "".join(ana.part("safety-code").inner_text().split()) == expected


def test_typing_is_told_both_ways(ana: Window, arrive: Arrive, wire: WireLoop) -> None:
    bo = arrive()
    face(ana, bo)
    wire.run(bo.typing(active=True))
    expect(ana.part("typing")).not_to_be_empty()
    wire.run(bo.typing(active=False))
    expect(ana.part("typing")).to_be_empty()
    ana.part("composer").press_sequentially("hm")
    told = wire.run(bo.socket.expect("typing"))

    assert told["active"] is True


def test_the_program_leaves_with_a_farewell(
    ana: Window, arrive: Arrive, wire: WireLoop
) -> None:
    bo = arrive()
    face(ana, bo)
    ended = wire.run(bo.leave("next", farewell="good_chat"))
    ana.at("ended")

    assert ended["reason"] == "left"
    expect(ana.part("farewell-words")).not_to_be_empty()


def test_the_person_leaves(ana: Window, arrive: Arrive, wire: WireLoop) -> None:
    bo = arrive()
    face(ana, bo)
    ana.press("stop")

    assert wire.run(bo.ended())["reason"] == "partner_left"


def test_a_certificate_of_none_keeps_the_conversation_at_text(
    ana: Window, arrive: Arrive
) -> None:
    bo = arrive()
    face(ana, bo)

    assert bo.ladder["max"] == "text"
    expect(ana.action("step-up")).to_be_hidden()


def test_a_media_flag_is_stamped_while_the_ladder_is_above_text(
    open_window: OpenWindow, arrive: Arrive, wire: WireLoop, topic: str
) -> None:
    window, bo = open_window(), arrive(fingerprint=bytes(range(32)))
    sit_down(window, topic, "voice")
    window.at("waiting")
    face(window, bo, mode="voice")
    sealed = wire.run(bo.say("can you hear me?"))
    window.hears("can you hear me?")
    wire.run(bo.acknowledged(sealed))

    assert bo.conversation is not None
    assert bo.conversation.stamps[sealed.seq].flags == MEDIA


@pytest.mark.parametrize("code", ["R3", "R4", "R5", "R6", "R7", "R8", "R9", "R11"])
def test_a_forged_message_is_never_shown_and_ends_it(
    ana: Window, arrive: Arrive, wire: WireLoop, code: str
) -> None:
    bo = arrive()
    face(ana, bo)
    wire.run(bo.say("an honest beginning"))
    ana.hears("an honest beginning")
    assert bo.conversation is not None
    wire.run(bo.transmit(forged(bo.conversation, code)))
    ended = wire.run(bo.ended())
    ana.at("ended")

    assert ended["reason"] == "integrity"
    assert "never" not in " ".join(ana.lines("stranger").all_inner_texts())
    expect(ana.part("ended-words")).not_to_be_empty()


def tampered(raw: str | bytes) -> str | bytes:
    """Change the key id in the stamp of each delivered message."""
    if isinstance(raw, str):
        return raw
    at = 42
    return b"".join(
        records.record(kind, body[:at] + b"\xff\xff" + body[at + 2 :])
        if kind == records.DELIVER
        else records.record(kind, body)
        for kind, body in records.split(raw)
    )


def test_a_message_whose_stamp_is_not_of_this_conversation_is_never_shown(
    open_window: OpenWindow, arrive: Arrive, wire: WireLoop, topic: str
) -> None:
    window = open_window()

    def between(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        server.on_message(lambda raw: route.send(tampered(raw)))

    window.page.route_web_socket("**/ws/v1/", between)
    sit_down(window, topic)
    window.at("waiting")
    bo = arrive()
    face(window, bo)
    wire.run(bo.say("stamped by somebody else"))
    window.at("ended")

    assert window.lines("stranger").count() == 0


def test_repeated_integrity_failures_are_told(
    ana: Window, arrive: Arrive, wire: WireLoop
) -> None:
    for _ in range(3):
        bo = arrive()
        face(ana, bo)
        assert bo.conversation is not None
        wire.run(bo.transmit(forged(bo.conversation, "R9")))
        ana.at("ended")
        ana.press("again-join")
        ana.at("waiting")

    expect(ana.part("notice").first).to_be_visible()
