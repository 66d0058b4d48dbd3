"""Frames that break a rule get the protocol's code, and nobody else notices."""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Arrive
from tests.support.meeting import introduce, wish
from tests.support.server import Server
from tests.support.wire_loop import WireLoop, on_wire
from tests.wire_client import mischief, records
from tests.wire_client.handshake import NO_CALLS
from tests.wire_client.mischief import BAD_JOINS, BAD_TEXT, OVERSIZED_BYTES
from tests.wire_client.socket import ClosedError
from tests.wire_client.stranger import Stranger

Pair = tuple[Stranger, Stranger]

BAD_RECORDS = [
    "half a header",
    "a length beyond the end",
    "bytes after the last record",
    "a message without ciphertext",
    "a ciphertext of no bucket",
    "a short acknowledgement",
    "a long acknowledgement",
    "an unknown record",
    "a record of the server's",
    "an acknowledgement of the future",
]


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


@pytest.mark.parametrize("what", BAD_RECORDS)
@on_wire
async def test_a_malformed_record_is_named_and_never_reaches_the_partner(
    pair: Pair, what: str
) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    await ana.socket.send_raw(mischief.bad_records(ana.conversation)[what])
    error = await ana.socket.expect("error")
    await hears_nothing(bo)
    await ana.say("still here")

    assert error["code"] == "bad_frame"
    assert (await bo.hear()).text == "still here"


def test_every_bad_record_is_tried(pair: Pair) -> None:
    assert pair[0].conversation is not None
    assert list(mischief.bad_records(pair[0].conversation)) == BAD_RECORDS


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
    assert (await bo.ended())["reason"] == "partner_lost"


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
    assert (await bo.ended())["reason"] == "partner_lost"
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
async def test_a_record_with_another_slot_is_dropped_silently(pair: Pair) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    sealed = ana.conversation.seal(b"for another slot")
    slot = ana.conversation.slot + 1
    await ana.socket.send_raw(
        records.message(slot=slot, seq=0, c=sealed.c, ct=sealed.ct)
    )
    await hears_nothing(ana, bo)
    await ana.transmit(sealed)

    assert (await bo.hear()).text == "for another slot"


@on_wire
async def test_a_message_sent_twice_arrives_once_with_one_stamp(pair: Pair) -> None:
    ana, bo = pair
    bo.acknowledges = False
    sealed = await ana.say("only once")
    assert ana.conversation is not None
    stamps = ana.conversation.stamps
    await ana.socket.until(lambda: 0 in stamps)
    first = stamps.pop(0)
    await ana.transmit(sealed)
    await ana.socket.until(lambda: 0 in stamps)
    await bo.settled()

    assert stamps[0] == first
    assert [one.text for one in bo.heard] == ["only once"]


@on_wire
async def test_an_acknowledged_message_sent_again_is_answered_with_its_receipt(
    pair: Pair,
) -> None:
    ana, bo = pair
    sealed = await ana.say("read already")
    await ana.acknowledged(sealed)
    assert ana.conversation is not None
    ana.conversation.acked = 0
    await ana.transmit(sealed)
    await ana.acknowledged(sealed)
    await bo.settled()

    assert [one.text for one in bo.heard] == ["read already"]


@on_wire
async def test_another_message_under_a_used_number_is_refused(pair: Pair) -> None:
    ana, bo = pair
    bo.acknowledges = False
    await ana.say("the first")
    await bo.hear()
    assert ana.conversation is not None
    ana.conversation.sealed.clear()
    other = ana.conversation.seal(b"another with the same number")
    await ana.transmit(other)
    error = await ana.socket.expect("error")
    await bo.settled()

    assert (error["code"], error["seq"], error["expected"]) == ("bad_sequence", 0, 1)
    assert [one.text for one in bo.heard] == ["the first"]


@on_wire
async def test_a_gap_is_refused_and_what_follows_waits_for_the_missing_one(
    pair: Pair,
) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    missing, second, third = (
        ana.conversation.seal(text) for text in (b"first", b"second", b"third")
    )
    ana.conversation.sealed = {}
    await ana.transmit(second)
    error = await ana.socket.expect("error")
    await ana.transmit(third)
    await hears_nothing(ana, bo)
    for sealed in (missing, second, third):
        await ana.transmit(sealed)
    heard = [(await bo.hear()).text for _ in range(3)]

    assert (error["code"], error["seq"], error["expected"]) == ("bad_sequence", 1, 0)
    assert heard == ["first", "second", "third"]


@on_wire
async def test_a_flood_is_slowed_down_and_nothing_is_lost(pair: Pair) -> None:
    ana, bo = pair
    assert ana.conversation is not None
    lines = [f"line {number}" for number in range(11)]
    for line in lines:
        await ana.transmit(ana.conversation.seal(line.encode()))
    error = await ana.socket.expect("error")
    heard = [(await bo.hear()).text for _ in lines]

    assert (error["code"], error["expected"]) == ("rate_limited", 8)
    assert error["retry_after_ms"] > 0
    assert heard == lines


@on_wire
async def test_a_message_before_the_handshake_is_refused(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await bo.join(**wish(topic))
    talk = await ana.matched()
    early = records.message(slot=talk.slot, seq=0, c=bytes(32), ct=bytes(144))
    await ana.socket.send_raw(early)
    error = await ana.socket.expect("error")
    await bo.matched()
    await hears_nothing(bo)

    assert error["code"] == "not_allowed"


@on_wire
async def test_a_second_commitment_never_reaches_the_partner(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await bo.join(**wish(topic))
    talk = await ana.matched()
    for _ in range(2):
        await ana.send("e2e.commit", **talk.commit_fields())
    error = await ana.socket.expect("error")
    await bo.settled()
    commits = [f for f in bo.socket.frames if f["type"] == "e2e.commit"]

    assert error["code"] in {"not_allowed", "bad_frame"}
    assert len(commits) == 1


@on_wire
async def test_a_silent_handshake_ends_with_integrity_for_both(
    ana: Stranger, bo: Stranger, topic: str
) -> None:
    await ana.join(**wish(topic))
    await bo.join(**wish(topic))
    await ana.matched()
    await bo.matched()
    await ana.send("e2e.commit", **ana.conversation.commit_fields())  # type: ignore[union-attr]  # matched

    for one in (ana, bo):
        assert (await one.ended(within=8))["reason"] == "integrity"


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


@pytest.fixture
def ana(arrive: Arrive) -> Stranger:
    return arrive()


@pytest.fixture
def bo(arrive: Arrive) -> Stranger:
    return arrive()


@pytest.fixture
def cy(arrive: Arrive) -> Stranger:
    return arrive()


@on_wire
async def test_the_wire_client_itself_notices_a_closed_socket(cy: Stranger) -> None:
    await cy.socket.send_raw("x" * OVERSIZED_BYTES)

    with pytest.raises(ClosedError):
        await cy.socket.expect("pong")
