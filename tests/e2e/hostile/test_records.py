"""Binary messages that break a rule: refused, repeated or held, never passed on."""

import pytest

from tests.e2e.hostile.conftest import Pair, hears_nothing
from tests.support.meeting import wish
from tests.support.wire_loop import on_wire
from tests.wire_client import mischief, records
from tests.wire_client.stranger import Stranger

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
