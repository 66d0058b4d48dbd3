"""Coming back: what a client sends and believes on its newer socket."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.wire_client.conversation import Conversation
from tests.wire_client.fake_server import (
    NOW,
    FakeServer,
    acked,
    acquainted,
    deliver,
    resumed,
    stamped,
)
from tests.wire_client.keeper import Keeper
from tests.wire_client.socket import ClosedError
from tests.wire_client.stranger import Stranger

Scene = tuple[FakeServer, Stranger, Conversation]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with FakeServer() as server:
        ana, bo = await acquainted(server)
        yield server, ana, bo
        await ana.go()


async def back(server: FakeServer, ana: Stranger, **place: Any) -> dict[str, Any]:
    """Drop the socket and resume; returns the `resume` that was sent."""
    await ana.drop()
    answer = asyncio.create_task(ana.resume())
    asked = await server.asked("resume")
    await server.tell("conversation.resumed", **resumed(**place))
    await answer
    return asked


def kept(ana: Stranger, **manners: float) -> Keeper:
    return ana.keep(**({"jitter": 0.0} | manners))


async def returned(server: FakeServer, times: int = 1, **place: Any) -> None:
    """Wait for a `resume` that comes by itself, and grant it."""
    await server.asked("resume", times=times)
    await server.tell("conversation.resumed", **resumed(**place))


async def test_a_resume_names_conversation_token_and_what_was_received(
    scene: Scene,
) -> None:
    server, ana, bo = scene
    bo.seal(b"one")
    bo.seal(b"two")
    await server.give(deliver(bo, 0), deliver(bo, 1))
    await ana.hear()
    asked = await back(server, ana)

    assert asked == {
        "type": "resume",
        "conversation": bo.name,
        "resume_token": "token of A",
        "received": 2,
    }
    assert server.tokens == [None, "token of A"]


async def test_unacknowledged_messages_leave_again_unchanged(scene: Scene) -> None:
    server, ana, _ = scene
    for text in ("one", "two", "three"):
        await ana.say(text)
    await server.give(acked(1))
    await back(server, ana, accepted=3, acked=1)
    await server.until(lambda: len(server.messages(2)) == 2)

    assert server.messages(2) == [1, 2]
    assert [len(server.bodies(seq)) for seq in range(3)] == [1, 1, 1]


async def test_nothing_leaves_again_while_the_partner_is_away(scene: Scene) -> None:
    server, ana, _ = scene
    await ana.say("one")
    await back(server, ana, accepted=1, partner="away")
    await asyncio.sleep(0.05)
    early = server.messages(2)
    await server.tell("partner.back", conversation=ana.conversation.name)
    await server.until(lambda: server.messages(2) == [0])

    assert early == []


async def test_a_record_of_the_older_socket_has_no_effect(scene: Scene) -> None:
    server, ana, bo = scene
    bo.seal(b"late")
    await back(server, ana, slot=2)
    await server.give(deliver(bo, 0, slot=1))
    await server.give(deliver(bo, 0, slot=2))

    assert (await ana.hear()).text == "late"
    assert len(ana.heard) == 1


async def test_a_message_received_before_is_acknowledged_again(scene: Scene) -> None:
    server, ana, bo = scene
    bo.seal(b"one")
    await server.give(deliver(bo, 0))
    await ana.hear()
    await back(server, ana)
    await server.give(deliver(bo, 0, slot=2))
    await server.until(lambda: server.acks(2) == [1])

    assert len(ana.heard) == 1


async def test_records_that_came_together_are_acknowledged_once(scene: Scene) -> None:
    server, _, bo = scene
    for _ in range(4):
        bo.seal(b"quick")
    await server.give(*(deliver(bo, seq) for seq in range(4)))
    await server.until(lambda: bool(server.acks(1)))

    assert server.acks(1) == [4]


@pytest.mark.parametrize(
    "place",
    [{"accepted": 1}, {"accepted": 4}, {"accepted": 2, "acked": 3}],
    ids=["below what was acknowledged", "above what was sent", "acknowledged more"],
)
async def test_an_impossible_place_ends_with_integrity(
    scene: Scene, place: dict[str, int]
) -> None:
    server, ana, _ = scene
    for text in ("one", "two", "three"):
        await ana.say(text)
    await server.give(acked(2))
    await ana.acknowledged(ana.conversation.sealed[1])
    await back(server, ana, **place)
    left = await server.asked("conversation.leave")

    assert left["reason"] == "integrity"
    assert len(ana.dropped) == 1


async def test_an_acknowledgement_of_what_was_never_sent_ends_with_integrity(
    scene: Scene,
) -> None:
    server, ana, _ = scene
    await ana.say("one")
    await server.give(acked(2))

    assert (await server.asked("conversation.leave"))["reason"] == "integrity"


async def test_of_two_stamps_the_later_one_is_kept(scene: Scene) -> None:
    server, ana, _ = scene
    await ana.say("one")
    await server.give(stamped(0))
    await ana.socket.until(lambda: 0 in ana.conversation.stamps)
    await back(server, ana)
    await server.give(stamped(0, slot=2, tb=NOW + 3))
    await ana.socket.until(lambda: ana.conversation.stamps[0].tb == NOW + 3)

    assert ana.dropped == []


async def test_a_resume_too_late_is_told_the_end(scene: Scene) -> None:
    server, ana, bo = scene
    await ana.drop()
    answer = asyncio.create_task(ana.resume())
    await server.asked("resume")
    await server.tell("conversation.ended", conversation=bo.name, reason="expired")

    assert (await answer)["reason"] == "expired"
    assert [end["reason"] for end in ana.endings] == ["expired"]


async def test_a_resume_that_nobody_answers_gives_the_socket_up(scene: Scene) -> None:
    _, ana, _ = scene
    await ana.drop()
    with pytest.raises(TimeoutError):
        await ana.resume(within=0.1)

    assert await ana.socket.closed() == 1006
    with pytest.raises(ClosedError):
        await ana.typing(active=True)


# --- kept going in the background -------------------------------------------------


async def test_a_kept_conversation_comes_back_by_itself(scene: Scene) -> None:
    server, ana, _ = scene
    keeper = kept(ana)
    ana.talk("one")
    await server.until(lambda: server.messages(1) == [0])
    await ana.drop()
    ana.talk("two")
    await returned(server, accepted=1)
    await server.until(lambda: server.messages(2) == [0, 1])
    kinds = [event.kind for event in keeper.events]

    assert kinds == ["said", "lost", "resumed", "said", "said"]
    assert len(server.bodies(0)) == 1


async def test_a_server_that_refuses_at_first_is_asked_again(scene: Scene) -> None:
    server, ana, _ = scene
    keeper = kept(ana)
    await ana.drop()
    await server.asked("resume")
    await server.sockets[-1].close(1012)
    await returned(server, times=2)
    await server.until(lambda: len(server.sockets) == 3)
    await keeper.happened("resumed")

    assert [event.kind for event in keeper.events] == ["lost", "trouble", "resumed"]


@pytest.mark.parametrize("code", [4409, 4400])
async def test_a_final_close_code_is_final(scene: Scene, code: int) -> None:
    server, ana, _ = scene
    keeper = kept(ana)
    await server.sockets[-1].close(code)

    assert await keeper.done() == f"closed: {code}"
    assert server.tokens == [None]


async def test_the_end_ends_the_keeping(scene: Scene) -> None:
    server, ana, bo = scene
    keeper = kept(ana)
    await server.tell("conversation.ended", conversation=bo.name, reason="partner_lost")

    assert await keeper.done() == "ended: partner_lost"
    assert keeper.events[-1].detail == "ended: partner_lost"


async def test_whoever_is_cut_off_comes_back_no_earlier(scene: Scene) -> None:
    server, ana, _ = scene
    keeper = kept(ana)
    await ana.cut(0.3)
    await returned(server)
    lost, again = await keeper.happened("lost"), await keeper.happened("resumed")

    assert again.at - lost.at >= 0.29


async def test_a_silent_socket_is_asked_and_then_given_up(scene: Scene) -> None:
    server, ana, _ = scene
    keeper = kept(ana, ping_after=0.1, dead_after=0.2)
    await server.asked("ping")
    await returned(server)
    await server.until(lambda: len(server.sockets) == 2)

    assert keeper.events[0].kind == "lost"


async def test_a_refused_message_is_sent_again_after_its_time(scene: Scene) -> None:
    server, ana, bo = scene
    kept(ana)
    ana.talk("one")
    ana.talk("two")
    await server.until(lambda: server.messages(1) == [0, 1])
    refusal = {"code": "rate_limited", "seq": 1, "expected": 1, "retry_after_ms": 50}
    await server.tell("error", conversation=bo.name, message="", **refusal)
    await server.until(lambda: server.messages(1) == [0, 1, 1])

    assert len(server.bodies(1)) == 1


async def test_a_refused_acknowledgement_is_sent_again(scene: Scene) -> None:
    server, ana, bo = scene
    bo.seal(b"one")
    await server.give(deliver(bo, 0))
    await server.until(lambda: server.acks(1) == [1])
    refusal = {"code": "rate_limited", "message": "", "retry_after_ms": 20}
    await server.tell("error", conversation=bo.name, **refusal)
    await server.until(lambda: server.acks(1) == [1, 1])

    assert ana.dropped == []
