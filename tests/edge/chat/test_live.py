"""Conversations over sockets: the handshake, messages, the ladder, the end."""

import asyncio
import struct
from dataclasses import replace

import pytest

from chat.domain.policy import CONVERSATION
from chat.live import conversations
from common.encoding import b64u_decode
from tests.edge.chat.conftest import KID, STAMP_KEY, matched
from tests.edge.chat.driver import NO_CALLS, ack_record, message_record, record
from trust.domain.franking import Role, Stamp, stamp_valid

MESSAGE = bytes(range(32))
WORDS = b"\x99" * 272


def head(body):
    """Read slot and number of a record."""
    return struct.unpack_from(">HQ", body)


async def test_the_handshake_passes_between_the_two(pair):
    ana, bo = pair
    ana.commit(3)
    commit = await bo.expect("e2e.commit")
    bo.commit(4)
    await ana.expect("e2e.commit")
    ana.reveal()
    reveal = await bo.expect("e2e.reveal")

    assert b64u_decode(commit["commitment"]) == b"\x03" * 32
    assert commit["conversation"] == ana.conversation
    assert b64u_decode(reveal["fingerprint"]) == b"\x07" * 32


async def test_a_reveal_before_both_commitments_is_refused(pair):
    ana, bo = pair
    ana.commit()
    ana.reveal()

    assert (await ana.expect("error"))["code"] == "not_allowed"
    await bo.settle()
    assert bo.of_type("e2e.reveal") == []


async def test_a_message_reaches_the_partner_with_its_stamp(talking):
    ana, bo = talking
    ana.raw(message_record(ana.slot, 0, MESSAGE, WORDS))
    await bo.until(lambda: bo.taken(0x11))
    await ana.until(lambda: ana.taken(0x12))
    [delivered], [stamped] = bo.taken(0x11), ana.taken(0x12)
    stamp = Stamp.decode(stamped[10:])

    assert head(delivered) == (bo.slot, 0)
    assert delivered[10:42] == MESSAGE
    assert delivered[42:89] == stamped[10:]
    assert delivered[89:] == WORDS
    assert head(stamped) == (ana.slot, 0)
    assert (stamp.kid, stamp.rx_other, stamp.flags) == (KID, 0, 0)
    assert stamp_valid(
        stamp,
        key=STAMP_KEY,
        conversation=b64u_decode(ana.conversation),
        role=Role[ana.matched["role"]],
        seq=0,
        commitment=MESSAGE,
    )


async def test_an_acknowledgement_reaches_the_sender(talking):
    ana, bo = talking
    ana.message(0)
    await bo.until(lambda: bo.taken(0x11))
    bo.acknowledge(1)
    await ana.until(lambda: ana.taken(0x13))

    assert [head(body) for body in ana.taken(0x13)] == [(ana.slot, 1)]


async def test_records_of_one_frame_are_taken_in_order(talking):
    ana, bo = talking
    frame = b"".join(message_record(ana.slot, seq) for seq in range(3))
    ana.raw(frame + ack_record(ana.slot, 0))
    await bo.until(lambda: len(bo.taken(0x11)) == 3)

    assert [head(body)[1] for body in bo.taken(0x11)] == [0, 1, 2]


async def test_one_bad_record_is_refused_alone(talking):
    ana, bo = talking
    ana.raw(
        message_record(ana.slot, 0) + record(0x7F, b"?") + message_record(ana.slot, 1)
    )
    await bo.until(lambda: len(bo.taken(0x11)) == 2)

    assert (await ana.expect("error"))["code"] == "bad_frame"


async def test_lengths_that_do_not_add_up_spoil_the_whole_frame(talking):
    ana, bo = talking
    ana.raw(message_record(ana.slot, 0) + b"\x01")
    error = await ana.expect("error")
    await bo.settle()

    assert error["code"] == "bad_frame"
    assert bo.records == []


async def test_a_refused_message_says_which_is_expected(talking):
    ana, bo = talking
    ana.message(0)
    ana.message(2)
    ana.message(3)
    error = await ana.expect("error")
    await ana.settle()

    assert {key: error[key] for key in ("code", "conversation", "seq", "expected")} == {
        "code": "bad_sequence",
        "conversation": ana.conversation,
        "seq": 2,
        "expected": 1,
    }
    assert len(ana.of_type("error")) == 1
    assert len(bo.taken(0x11)) == 1


async def test_the_ninth_message_of_a_burst_has_to_wait(talking):
    ana, bo = talking
    for seq in range(10):
        ana.message(seq)
    error = await ana.expect("error")
    await ana.settle()

    assert (error["code"], error["seq"], error["expected"]) == ("rate_limited", 8, 8)
    assert 0 < error["retry_after_ms"] <= 500
    assert len(bo.taken(0x11)) == 8
    assert len(ana.of_type("error")) == 1


async def test_what_comes_again_is_not_delivered_twice(talking):
    ana, bo = talking
    ana.message(0)
    ana.message(0)
    await ana.until(lambda: len(ana.taken(0x12)) == 2)
    await bo.settle()
    first, second = ana.taken(0x12)

    assert first == second
    assert len(bo.taken(0x11)) == 1


async def test_a_message_before_the_handshake_is_refused(pair):
    ana, bo = pair
    ana.message(0)
    error = await ana.expect("error")
    await bo.settle()

    assert (error["code"], error["seq"], error["expected"]) == ("not_allowed", 0, 0)
    assert bo.records == []


async def test_records_of_an_earlier_conversation_are_dropped_silently(people):
    ana, bo, cy = await people(), await people(), await people()
    await matched(ana, bo)
    ana.say("conversation.leave", reason="next")
    await ana.expect("conversation.ended")
    ana.raw(message_record(ana.slot, 0))
    await matched(ana, cy)
    ana.raw(message_record(1, 0))
    await ana.settle()
    await cy.settle()

    assert ana.of_type("error") == []
    assert cy.records == []


async def test_typing_and_signals_pass(talking):
    ana, bo = talking
    ana.say("typing", active=True)
    ana.say("signal", description={"type": "offer", "sdp": "v=0", "x": 1})
    ana.say("signal", candidate=None)

    assert (await bo.expect("typing"))["active"] is True
    signal = await bo.expect("signal")
    assert signal["description"] == {"type": "offer", "sdp": "v=0"}
    assert (await bo.expect("signal"))["candidate"] is None


async def test_an_sdp_that_is_too_large_goes_nowhere(talking):
    ana, bo = talking
    sdp = "x" * (32 * 1024 + 1)
    ana.say("signal", id="big", description={"type": "offer", "sdp": sdp})
    error = await ana.expect("error")
    await bo.settle()

    assert (error["code"], error["ref"]) == ("too_large", "big")
    assert bo.of_type("signal") == []


async def test_frames_of_both_kinds_keep_their_order(talking):
    ana, bo = talking
    order = []
    bo.frames, bo.records = _Noted(order, "frame"), _Noted(order, "record")
    ana.message(0)
    ana.say("typing", active=True)
    ana.message(1)
    ana.say("typing", active=False)
    await bo.until(lambda: len(order) == 4)

    assert order == ["record", "frame", "record", "frame"]


class _Noted(list):
    def __init__(self, order, kind):
        super().__init__()
        self._order, self._kind = order, kind

    def append(self, each):
        self._order.append(self._kind)
        super().append(each)

    def __iadd__(self, more):
        self._order.extend([self._kind] * len(more))
        self.extend(more)
        return self


async def test_the_ladder_goes_up_by_two_and_down_by_one(talking):
    ana, bo = talking
    ana.say("ladder.propose", step="voice")
    asked, seen = await ana.expect("ladder.state"), await bo.expect("ladder.state")
    bo.say("ladder.accept", step="voice")
    up = await ana.expect("ladder.state")
    await bo.expect("ladder.state")
    bo.say("ladder.down", step="text")
    down = await ana.expect("ladder.state")

    assert asked["proposal"] == {"step": "voice", "by": "you", "expires_in_seconds": 30}
    assert seen["proposal"]["by"] == "partner"
    assert (up["step"], up["version"], "proposal" in up) == ("voice", 3, False)
    assert (down["step"], down["max"], down["version"]) == ("text", "clear", 4)


async def test_without_a_certificate_nobody_goes_above_text(people):
    ana, bo = await matched(await people(), await people(), "video")
    for each in (ana, bo):
        each.commit()
    await ana.expect("e2e.commit")
    ana.reveal(NO_CALLS)
    told = await bo.expect("ladder.state")
    bo.say("ladder.propose", step="voice")

    assert (told["step"], told["max"], told["version"]) == ("text", "text", 2)
    assert (await bo.expect("error"))["code"] == "mode_not_allowed"


async def test_ice_servers_and_route(talking):
    ana, _ = talking
    ana.send("ice.refresh")
    servers = await ana.expect("ice.servers")
    ana.say("route.propose")

    assert servers["ice_servers"] == []
    assert 43_000 < servers["expires_in_seconds"] <= 43_200
    assert (await ana.expect("error"))["code"] == "not_allowed"


@pytest.mark.parametrize(
    ("reason", "own", "partners"),
    [
        ("next", "left", "partner_left"),
        ("stop", "left", "partner_left"),
        ("report", "left", "partner_left"),
        ("integrity", "integrity", "integrity"),
    ],
)
async def test_each_side_is_told_of_the_end_once(talking, reason, own, partners):
    ana, bo = talking
    ana.say("conversation.leave", reason=reason, farewell="good_chat")
    ends = [await each.expect("conversation.ended") for each in talking]
    await ana.settle()
    await bo.settle()

    assert [each["reason"] for each in ends] == [own, partners]
    assert [len(each.of_type("conversation.ended")) for each in talking] == [1, 1]
    assert ends[0]["receipt"]["kept"] == []
    assert ends[0]["receipt"]["started"] <= ends[0]["receipt"]["ended"]
    farewell = None if reason == "integrity" else "good_chat"
    assert ends[1].get("farewell") == farewell
    assert "farewell" not in ends[0]
    assert conversations() == {}


async def test_a_socket_lost_in_the_handshake_ends_it_for_the_partner(pair):
    ana, bo = pair
    ana.hang_up()

    assert (await bo.expect("conversation.ended", within=1))["reason"] == "partner_lost"


async def test_a_lost_socket_is_told_to_the_partner_at_once(talking):
    ana, bo = talking
    ana.hang_up()

    assert (await bo.expect("partner.away", within=1))["grace_seconds"] == 60
    assert bo.of_type("conversation.ended") == []


async def test_both_leaving_at_once_is_one_end_each(talking):
    for each in talking:
        each.say("conversation.leave", reason="next")
    for each in talking:
        await each.settle()

    assert [len(each.of_type("conversation.ended")) for each in talking] == [1, 1]
    assert [each.of_type("error") for each in talking] == [[], []]


async def test_after_the_end_frames_are_about_no_conversation(talking):
    ana, bo = talking
    ana.say("conversation.leave", reason="stop")
    await bo.expect("conversation.ended")
    bo.say("typing", active=True, id="late")
    error = await bo.expect("error")
    bo.say("conversation.leave", reason="stop")
    await bo.settle()

    assert (error["code"], error["ref"]) == ("not_in_conversation", "late")
    assert error["conversation"] == bo.conversation
    assert len(bo.of_type("error")) == 1


@pytest.fixture
def hasty(monkeypatch):
    """Deadlines that a test can wait for."""
    policy = replace(
        CONVERSATION, handshake_seconds=0.8, proposal_seconds=0.2, life_seconds=1.5
    )
    monkeypatch.setattr("chat.opening.CONVERSATION", policy)


@pytest.mark.usefixtures("hasty")
async def test_a_handshake_without_an_answer_ends(pair):
    ana, _ = pair
    ana.commit()
    ends = [await each.expect("conversation.ended") for each in pair]

    assert [each["reason"] for each in ends] == ["integrity", "integrity"]


@pytest.mark.usefixtures("hasty")
async def test_each_part_of_the_handshake_has_its_own_time(pair):
    """All three take longer than one may."""
    ana, bo = pair
    for part in ("commit", "reveal", "confirm"):
        await asyncio.sleep(0.3)
        for each in pair:
            getattr(each, part)()
        for each in pair:
            await each.expect(f"e2e.{part}")

    assert ana.of_type("conversation.ended") == []
    assert bo.of_type("conversation.ended") == []


@pytest.mark.usefixtures("hasty")
async def test_an_unanswered_proposal_closes_by_itself(talking):
    ana, bo = talking
    ana.say("ladder.propose", step="clear")
    await bo.expect("ladder.state")
    closed = await bo.expect("ladder.state")

    assert (closed["step"], closed["version"]) == ("text", 3)
    assert "proposal" not in closed


@pytest.mark.usefixtures("hasty")
async def test_a_life_has_an_end(talking):
    ends = [await each.expect("conversation.ended") for each in talking]

    assert [each["reason"] for each in ends] == ["expired", "expired"]
