"""Bounds on what one client sends, and where frames may go."""

import logging

import pytest

from chat.live import conversations
from tests.edge.chat.conftest import matched
from tests.edge.chat.driver import ack_record, claims, message_record

LIMIT = 65_536


@pytest.mark.parametrize("raw", ["x" * (LIMIT + 1), "é" * 32_769, bytes(LIMIT + 1)])
async def test_a_frame_over_64_kib_closes_the_socket(talking, raw):
    ana, bo = talking
    ana.raw(raw)

    assert await ana.closed() == 1009
    assert (await bo.expect("partner.away"))["grace_seconds"] == 60


@pytest.mark.parametrize("raw", ["x" * LIMIT, "é" * 32_768, bytes(LIMIT)])
async def test_a_frame_of_64_kib_is_read(people, raw):
    ana = await people()
    ana.raw(raw)

    assert (await ana.expect("error"))["code"] == "bad_frame"


@pytest.mark.parametrize(
    "raw", ["{", "[]", "", '{"type": 1}', b"", b"\x01", b"\x7f\x00\x00"]
)
async def test_nonsense_is_named_and_the_socket_lives(people, raw):
    ana = await people()
    ana.raw(raw)

    assert (await ana.expect("error"))["code"] == "bad_frame"
    await ana.settle()


async def test_the_twentieth_bad_frame_in_a_minute_closes_the_socket(talking):
    ana, bo = talking
    for _ in range(10):
        ana.raw("{")
        ana.raw(ack_record(ana.slot, 99))

    assert await ana.closed() == 4400
    assert len(ana.of_type("error")) == 20
    assert (await bo.expect("partner.away"))["grace_seconds"] == 60


async def test_unknown_types_are_no_bad_frames(people):
    ana = await people()
    for _ in range(30):
        ana.send("from.a.later.version", id="x")
    await ana.settle()
    errors = ana.of_type("error")

    assert {(each["code"], each["ref"]) for each in errors} == {("unknown_type", "x")}


async def test_a_flood_closes_the_socket(people):
    ana = await people()
    for _ in range(500):
        ana.send("ping", t=1)

    assert await ana.closed() == 4429


async def test_a_flood_of_records_in_one_frame_closes_the_socket(talking):
    ana, bo = talking
    for _ in range(2):
        ana.raw(ack_record(ana.slot, 0) * 4000)

    assert await ana.closed() == 4429
    assert bo.records == []


async def test_what_comes_after_a_close_has_no_effect(talking):
    ana, bo = talking
    before = len(ana.frames)
    ana.raw("x" * (LIMIT + 1))
    ana.message(0)
    ana.join()
    await ana.closed()
    await bo.settle()

    assert bo.records == []
    assert ana.frames[before:] == []


async def test_an_error_carries_the_clients_name_for_the_frame(people):
    ana = await people()
    ana.send("queue.join", id="f-1", mode="sms")
    ana.send("conversation.leave", id="f-2", conversation="A" * 22, reason="stop")
    ana.raw('{"type": "ping", "id": 7}')
    errors = [await ana.expect("error") for _ in range(3)]

    assert [(each["code"], each.get("ref")) for each in errors] == [
        ("bad_frame", "f-1"),
        ("not_in_conversation", "f-2"),
        ("bad_frame", None),
    ]


async def test_records_without_a_conversation_are_dropped_silently(people):
    ana = await people()
    ana.raw(message_record(1, 0) + ack_record(1, 5))
    await ana.settle()

    assert ana.of_type("error") == []


async def test_ice_servers_are_for_conversations_only(people):
    ana = await people()
    ana.send("ice.refresh")

    assert (await ana.expect("error"))["code"] == "not_in_conversation"


async def test_what_breaks_is_logged_without_what_was_sent(people, monkeypatch, caplog):
    def broken(*_):
        raise ValueError("CANARY")

    ana = await people()
    monkeypatch.setattr("chat.protocol.client.unwrap", broken)
    with caplog.at_level(logging.DEBUG):
        ana.send("ping", t="CANARY")
        error = await ana.expect("error")
    monkeypatch.undo()
    await ana.settle()

    assert error["code"] == "internal"
    assert "ValueError" in caplog.text
    assert "CANARY" not in caplog.text


# --- other sockets of one visitor -----------------------------------------------


async def test_leaving_works_from_another_socket_with_the_token(people):
    who = claims()
    ana, bo = await matched(await people(who), await people())
    other = await people(who)
    other.send(
        "conversation.leave",
        conversation=ana.conversation,
        reason="stop",
        resume_token=ana.matched["resume_token"],
    )

    assert (await ana.expect("conversation.ended"))["reason"] == "left"
    assert (await bo.expect("conversation.ended"))["reason"] == "partner_left"
    await other.settle()
    assert other.of_type("error") == []


@pytest.mark.parametrize("token", ["partners", "forged", None])
async def test_leaving_from_elsewhere_needs_ones_own_token(people, token):
    who = claims()
    ana, bo = await matched(await people(who), await people())
    other = await people(who if token != "partners" else None)
    tokens = {"partners": ana.matched["resume_token"], "forged": "A" * 82, None: None}
    other.send(
        "conversation.leave",
        conversation=ana.conversation,
        reason="stop",
        resume_token=tokens[token],
    )

    assert (await other.expect("error"))["code"] == "not_in_conversation"
    await bo.settle()
    assert bo.of_type("conversation.ended") == []


async def test_a_token_of_another_conversation_leaves_nothing(people):
    who = claims()
    ana, bo = await matched(await people(who), await people())
    other, cy = await matched(await people(who), await people())
    cy.send(
        "conversation.leave",
        conversation=ana.conversation,
        reason="stop",
        resume_token=cy.matched["resume_token"],
    )

    assert (await cy.expect("error"))["code"] == "not_in_conversation"
    await bo.settle()
    assert len(conversations()) == 2
    assert other.of_type("conversation.ended") == []


async def test_leaving_twice_from_elsewhere_is_nothing_new(people):
    who = claims()
    ana, _ = await matched(await people(who), await people())
    other = await people(who)
    for _ in range(2):
        other.send(
            "conversation.leave",
            conversation=ana.conversation,
            reason="stop",
            resume_token=ana.matched["resume_token"],
        )
    await other.settle()

    assert other.of_type("error") == []
    assert len(ana.of_type("conversation.ended")) == 1
