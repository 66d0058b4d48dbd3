"""Frames that break a rule get the protocol's code, and nobody else notices."""

import pytest

from tests.e2e.hostile.conftest import Pair, hears_nothing
from tests.support.meeting import wish
from tests.support.wire_loop import on_wire
from tests.wire_client import mischief
from tests.wire_client.handshake import NO_CALLS
from tests.wire_client.mischief import BAD_JOINS, BAD_TEXT, OVERSIZED_BYTES
from tests.wire_client.socket import ClosedError
from tests.wire_client.stranger import Stranger


@pytest.mark.parametrize("what", list(BAD_TEXT))
@on_wire
async def test_a_malformed_text_frame_is_named_and_the_conversation_goes_on(
    pair: Pair, what: str
) -> None:
    ana, bo = pair
    await ana.socket.send_raw(BAD_TEXT[what])
    error = await ana.socket.expect("error")
    await hears_nothing(bo)
    await ana.say("still here")

    assert error["code"] == "bad_frame"
    assert (await bo.hear()).text == "still here"


@pytest.mark.parametrize("what", list(BAD_JOINS))
@on_wire
async def test_a_malformed_join_is_named_and_the_place_in_the_queue_stays(
    ana: Stranger, bo: Stranger, topic: str, what: str
) -> None:
    await ana.join(**wish(topic))
    wrong = {"type": "queue.join", "mode": "text", "interests": [], "languages": []}
    await ana.socket.send(wrong | BAD_JOINS[what])
    error = await ana.socket.expect("error")
    await bo.join(**wish(topic))
    met = await ana.matched(), await bo.matched()

    assert error["code"] == "bad_frame"
    assert met[0].name == met[1].name


@on_wire
async def test_an_unknown_type_is_named_with_the_frame_it_answers(pair: Pair) -> None:
    ana, bo = pair
    await ana.socket.send({"type": "teleport", "id": "frame-7"})
    error = await ana.socket.expect("error")
    await hears_nothing(bo)

    assert (error["code"], error["ref"]) == ("unknown_type", "frame-7")


@on_wire
async def test_unknown_fields_are_ignored(pair: Pair) -> None:
    ana, bo = pair
    await ana.send("typing", active=True, from_a_later_version={"a": 1})

    assert (await bo.socket.expect("typing"))["active"] is True


@on_wire
async def test_twenty_bad_frames_in_a_minute_close_the_socket(pair: Pair) -> None:
    ana, bo = pair
    for _ in range(20):
        await ana.socket.send_raw("{")

    assert await ana.socket.closed() == 4400
    assert (await bo.socket.expect("partner.away"))["grace_seconds"] == 60


@pytest.mark.parametrize(
    "raw", ["x" * OVERSIZED_BYTES, bytes(OVERSIZED_BYTES)], ids=["text", "binary"]
)
@on_wire
async def test_an_oversized_frame_closes_the_socket(
    pair: Pair, raw: str | bytes
) -> None:
    ana, bo = pair
    await ana.socket.send_raw(raw)

    assert await ana.socket.closed() == 1009
    assert (await bo.socket.expect("partner.away"))["grace_seconds"] == 60
    assert bo.heard == []


@on_wire
async def test_a_third_person_can_say_nothing_into_a_conversation(
    pair: Pair, cy: Stranger
) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    seen = [len(one.socket.frames) for one in pair]
    for frame in mischief.foreign_frames(ana.conversation.name):
        await cy.socket.send(frame)
        error = await cy.socket.expect("error")
        assert error["code"] == "not_in_conversation", frame
    forgery = mischief.bad_records(ana.conversation)["bytes after the last record"][:-1]
    await cy.socket.send_raw(forgery)
    await cy.settled()
    await hears_nothing(ana, bo)

    assert [len(one.socket.frames) - 1 for one in pair] == seen
    assert (ana.heard, bo.heard) == ([], [])


@on_wire
async def test_one_in_another_conversation_can_say_nothing_into_this_one(
    pair: Pair, bystanders: Pair
) -> None:
    ana, bo = pair
    dee, _ = bystanders
    assert ana.conversation is not None
    await dee.socket.send(
        {"type": "typing", "conversation": ana.conversation.name, "active": True}
    )
    error = await dee.socket.expect("error")
    await hears_nothing(ana, bo)

    assert error["code"] == "not_in_conversation"


@on_wire
async def test_an_endless_description_is_too_large(pair: Pair) -> None:
    ana, bo = pair
    endless = {"type": "offer", "sdp": "v=0\r\n" + "a" * 33_000}
    await ana.send("signal", description=endless)
    error = await ana.socket.expect("error")
    await hears_nothing(bo)

    assert error["code"] == "too_large"


@on_wire
async def test_the_ladder_stops_where_a_certificate_is_missing(pair: Pair) -> None:
    ana, bo = pair
    assert ana.fingerprint == NO_CALLS
    await ana.climb("propose", "voice")
    error = await ana.socket.expect("error")
    await hears_nothing(bo)

    assert error["code"] == "mode_not_allowed"


@on_wire
async def test_an_answer_to_no_proposal_is_refused(pair: Pair) -> None:
    ana, bo = pair
    await ana.climb("accept", "voice")
    error = await ana.socket.expect("error")
    await hears_nothing(bo)

    assert error["code"] == "not_allowed"


@on_wire
async def test_joining_while_talking_is_refused(pair: Pair) -> None:
    ana, bo = pair
    await ana.join()
    error = await ana.socket.expect("error")
    await hears_nothing(bo)

    assert error["code"] == "already_in_conversation"


@on_wire
async def test_leaving_twice_is_answered_once(pair: Pair) -> None:
    ana, bo = pair
    await ana.leave("next")
    await ana.send("conversation.leave", reason="next")
    await ana.settled()
    await bo.ended()
    await bo.settled()
    endings = [f for f in ana.socket.frames if f["type"] == "conversation.ended"]

    assert len(endings) == 1
    assert [f["type"] for f in ana.socket.frames if f["type"] == "error"] == []
    with pytest.raises(TimeoutError):
        await bo.ended(within=0.3)


@on_wire
async def test_the_wire_client_itself_notices_a_closed_socket(cy: Stranger) -> None:
    await cy.socket.send_raw("x" * OVERSIZED_BYTES)

    with pytest.raises(ClosedError):
        await cy.socket.expect("pong")
