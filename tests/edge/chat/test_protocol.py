"""JSON frames: what is read, what is refused, what is written."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain import inputs as on
from chat.domain.codes import Code, FrameRefusedError
from chat.domain.ladder import Step
from chat.protocol import client, server, writing
from chat.protocol.client import Again, Ping, QueueJoin, QueueLeave, Resume, Speak
from common.encoding import b64u_encode
from common.vocabulary import Mode, Region, Strictness

NAME = bytes(range(16))
HERE = {"conversation": b64u_encode(NAME)}
B32 = b64u_encode(b"\x01" * 32)
REVEAL = {
    "suites": b64u_encode(b"\x01\x02"),
    "suite": 1,
    "public_key": B32,
    "fingerprint": B32,
    "random": B32,
}
CANDIDATE = {"candidate": "x", "sdpMid": "0"}

GOOD = {
    "queue.join": {"mode": "text"},
    "queue.leave": {},
    "e2e.commit": {**HERE, "commitment": B32},
    "e2e.reveal": {**HERE, **REVEAL},
    "e2e.confirm": {**HERE, "mac": B32},
    "signal": {**HERE, "candidate": CANDIDATE},
    "ice.refresh": HERE,
    "ladder.propose": {**HERE, "step": "voice"},
    "ladder.accept": {**HERE, "step": "voice"},
    "ladder.decline": {**HERE, "step": "voice"},
    "ladder.down": {**HERE, "step": "text"},
    "route.propose": HERE,
    "route.accept": HERE,
    "route.decline": HERE,
    "route.relay": HERE,
    "typing": {**HERE, "active": True},
    "conversation.leave": {**HERE, "reason": "next"},
    "conversation.again": HERE,
    "resume": {**HERE, "resume_token": "AAAA", "received": 0},
    "ping": {"t": 1},
}


def read(kind, **fields):
    text = json.dumps({"type": kind, **GOOD.get(kind, {}), **fields})
    return client.read(client.unwrap(text))


def code_of(kind, **fields):
    with pytest.raises(FrameRefusedError) as refusal:
        read(kind, **fields)
    return refusal.value.code


def written(frame):
    return json.loads(writing.encode(frame))


def test_every_type_has_a_reader_and_a_sample():
    assert set(client.READERS) == set(GOOD)


@pytest.mark.parametrize("kind", GOOD)
def test_unknown_fields_are_ignored(kind):
    assert read(kind, later_version={"a": [1]}) == read(kind)


def test_a_join_with_nothing_named_has_the_defaults():
    assert read("queue.join") == QueueJoin(
        mode=Mode.TEXT,
        interests=(),
        languages=(),
        region=None,
        regions=frozenset(),
        strictness=Strictness.BALANCED,
        suites=frozenset({1, 2}),
    )


def test_a_join_with_everything_named():
    asked = read(
        "queue.join",
        mode="video",
        interests=["jazz"],
        languages=["de"],
        region="eu",
        regions=["eu", "na"],
        strictness="strict",
        suites=[2, 77],
    )

    assert asked == QueueJoin(
        mode=Mode.VIDEO,
        interests=("jazz",),
        languages=("de",),
        region=Region.EUROPE,
        regions=frozenset({Region.EUROPE, Region.NORTH_AMERICA}),
        strictness=Strictness.STRICT,
        suites=frozenset({2}),
    )


def test_frames_of_a_conversation_are_read():
    assert read("e2e.commit") == Speak(
        conversation=NAME, said=on.Commit(commitment=b"\x01" * 32)
    )
    assert read("e2e.confirm").said == on.Confirm(mac=b"\x01" * 32)
    assert read("e2e.reveal").said.suites == b"\x01\x02"
    assert read("signal").said == on.Candidate(init=CANDIDATE)
    assert read("signal", candidate=None).said == on.Candidate(init=None)
    assert read("typing", active=False).said == on.Typing(active=False)
    assert read("ladder.propose", step="clear").said == on.Propose(step=Step.CLEAR)
    assert read("ladder.accept").said == on.Accept(step=Step.VOICE)
    assert read("ladder.decline").said == on.Decline(step=Step.VOICE)
    assert read("ladder.down").said == on.StepDown(step=Step.TEXT)
    assert read("route.relay").said == on.ChangeRoute()


def test_a_key_has_the_length_of_its_suite():
    key = b64u_encode(b"\x04" * 65)

    assert read("e2e.reveal", suite=2, public_key=key).said.suite == 2
    assert code_of("e2e.reveal", suite=2) is Code.BAD_FRAME
    assert code_of("e2e.reveal", public_key=key) is Code.BAD_FRAME
    assert code_of("e2e.reveal", suite=3) is Code.BAD_FRAME


def test_a_signal_is_a_description_or_a_candidate():
    offer = {"type": "offer", "sdp": "v=0"}
    said = client.read(
        client.unwrap(json.dumps({"type": "signal", **HERE, "description": offer}))
    ).said

    assert said == on.Describe(kind="offer", sdp="v=0")
    assert code_of("signal", description=offer) is Code.BAD_FRAME
    with pytest.raises(FrameRefusedError):
        client.read(client.unwrap(json.dumps({"type": "signal", **HERE})))


def test_leaving_may_name_farewell_and_token():
    speak = read("conversation.leave", farewell="brb", resume_token="AAAA")

    assert speak.said == on.Leave(reason=on.LeaveReason.NEXT, farewell=on.Farewell.BRB)
    assert speak.resume_token == bytes(3)


def test_fresh_servers_may_be_asked_for_without_naming_the_conversation():
    bare = client.read(client.unwrap('{"type": "ice.refresh"}'))

    assert bare == Speak(conversation=None, said=on.IceRefresh())
    assert read("ice.refresh").conversation == NAME


def test_the_others():
    assert read("queue.leave") == QueueLeave()
    assert read("conversation.again") == Again(conversation=NAME)
    assert read("resume") == Resume(
        conversation=NAME, resume_token=bytes(3), received=0
    )


@pytest.mark.parametrize("t", [0, -1, 1.5, "mark", 2**53])
def test_a_ping_comes_back_as_it_was(t):
    assert read("ping", t=t) == Ping(t=t)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("queue.join", {"mode": "sms"}),
        ("queue.join", {"mode": None}),
        ("queue.join", {"mode": ["text"]}),
        ("queue.join", {"interests": "jazz"}),
        ("queue.join", {"interests": [1]}),
        ("queue.join", {"interests": ["x"] * 65}),
        ("queue.join", {"interests": ["x" * 129]}),
        ("queue.join", {"languages": [None]}),
        ("queue.join", {"region": "xx"}),
        ("queue.join", {"regions": ["xx"]}),
        ("queue.join", {"regions": ["eu"] * 7}),
        ("queue.join", {"regions": None}),
        ("queue.join", {"strictness": "very"}),
        ("queue.join", {"suites": [3]}),
        ("queue.join", {"suites": []}),
        ("queue.join", {"suites": [True]}),
        ("queue.join", {"suites": "1"}),
        ("queue.join", {"suites": [1] * 65}),
        ("e2e.commit", {"commitment": B32[:-1]}),
        ("e2e.commit", {"commitment": B32 + "="}),
        ("e2e.commit", {"commitment": b64u_encode(bytes(33))}),
        ("e2e.commit", {"commitment": "é" * 43}),
        ("e2e.commit", {"conversation": "AAAA"}),
        ("e2e.commit", {"conversation": None}),
        ("e2e.reveal", {"suites": ""}),
        ("e2e.reveal", {"suite": "1"}),
        ("e2e.reveal", {"suite": True}),
        ("e2e.reveal", {"suite": -1}),
        ("ladder.propose", {"step": "naked"}),
        ("ladder.propose", {"step": 1}),
        ("typing", {"active": 1}),
        ("conversation.leave", {"reason": "bored"}),
        ("conversation.leave", {"farewell": "bye"}),
        ("conversation.leave", {"resume_token": ""}),
        ("resume", {"received": -1}),
        ("resume", {"received": 2**64}),
        ("resume", {"resume_token": None}),
        ("ping", {"t": None}),
        ("ping", {"t": True}),
        ("ping", {"t": "x" * 37}),
        ("ping", {"t": 2**64}),
        ("ping", {"t": [1]}),
    ],
)
def test_a_wrong_field_is_a_bad_frame(kind, fields):
    assert code_of(kind, **fields) is Code.BAD_FRAME


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"type"',
        "{}",
        '{"type": 1}',
        '{"type": null}',
        '{"type": "ping", "t": NaN}',
        '{"type": "ping", "t": Infinity}',
        '{"type": "ping", "t": ' + "1" * 5000 + "}",
        '{"type": "ping", "t": "\\ud800"}',
        '{"type": "ping", "t": 1, "id": 7}',
        '{"type": "ping", "t": 1, "id": "' + "x" * 37 + '"}',
        '{"type": "' + "x" * 33 + '"}',
        "[" * 50_000,
        '{"a":' * 20_000,
    ],
)
def test_what_is_no_frame_is_a_bad_frame(text):
    with pytest.raises(FrameRefusedError) as refusal:
        client.unwrap(text)

    assert refusal.value.code is Code.BAD_FRAME


@pytest.mark.parametrize("kind", ["teleport", "hello", "conversation.matched", ""])
def test_an_unknown_type_is_told_apart(kind):
    assert code_of(kind) is Code.UNKNOWN_TYPE


def test_the_clients_own_name_for_a_frame_is_kept():
    assert client.unwrap('{"type": "ping", "id": "a7"}').ref == "a7"
    assert client.unwrap('{"type": "ping", "id": null}').ref is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = sorted({name for fields in GOOD.values() for name in fields} | {"id", "type"})


@given(
    st.sampled_from(sorted(GOOD)),
    st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4),
)
def test_any_fields_are_read_or_refused(kind, fields):
    text = json.dumps({"type": kind, **GOOD[kind], **fields})
    try:
        frame = client.read(client.unwrap(text))
    except FrameRefusedError:
        return

    assert isinstance(frame, QueueJoin | QueueLeave | Speak | Again | Resume | Ping)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        client.read(client.unwrap(text))
    except FrameRefusedError:
        return


# --- writing -----------------------------------------------------------------


def test_bytes_instants_and_lists_are_written_as_the_wire_says():
    frame = server.Ended(
        conversation=NAME,
        reason="left",
        receipt=server.Receipt(
            started=datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC),
            ended=datetime(2026, 5, 4, 3, 2, 2, 500_000, tzinfo=UTC),
        ),
    )

    assert written(frame) == {
        "type": "conversation.ended",
        "conversation": "AAECAwQFBgcICQoLDA0ODw",
        "reason": "left",
        "receipt": {
            "started": "2026-05-04T03:02:01.000Z",
            "ended": "2026-05-04T03:02:02.500Z",
            "kept": [],
        },
    }


def test_optional_fields_are_left_out_and_nullable_ones_are_null():
    over = server.Ended(conversation=NAME, reason="expired", receipt=None)

    assert written(over)["receipt"] is None
    assert "farewell" not in written(over)
    assert set(written(writing.error(Code.INTERNAL))) == {"type", "code", "message"}


def test_an_error_says_when_to_try_again_in_whole_milliseconds():
    frame = writing.error(Code.RATE_LIMITED, retry_after_seconds=1 / 32, ref="a")

    assert written(frame)["retry_after_ms"] == 32
    assert written(frame)["ref"] == "a"


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence(code):
    assert written(writing.error(code))["message"].endswith(".")


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (on.Commit(commitment=bytes(32)), {"commitment": b64u_encode(bytes(32))}),
        (on.Confirm(mac=bytes(32)), {"mac": b64u_encode(bytes(32))}),
        (on.Typing(active=True), {"active": True}),
        (
            on.Describe(kind="offer", sdp="v=0"),
            {"description": {"type": "offer", "sdp": "v=0"}},
        ),
        (on.Candidate(init=CANDIDATE), {"candidate": CANDIDATE}),
        (on.Candidate(init=None), {"candidate": None}),
    ],
)
def test_what_is_passed_on_reads_as_it_was_sent(said, fields):
    frame = written(server.Passed(conversation=NAME, said=said))
    text = json.dumps(frame)

    assert frame == {"type": frame["type"], **HERE, **fields}
    assert client.read(client.unwrap(text)).said == said


def test_a_reveal_is_passed_on_whole():
    said = read("e2e.reveal").said

    assert written(server.Passed(conversation=NAME, said=said)) == {
        "type": "e2e.reveal",
        **HERE,
        **REVEAL,
    }


def test_frames_are_ascii_so_that_characters_are_bytes():
    said = on.Describe(kind="offer", sdp="ü\u2028\U0001f600")
    text = writing.encode(server.Passed(conversation=NAME, said=said))

    assert text.isascii()
    assert json.loads(text)["description"]["sdp"] == said.sdp


def test_the_types_that_this_server_sends():
    words = (
        "hello queue.waiting queue.left conversation.matched e2e.commit e2e.reveal "
        "e2e.confirm signal ice.servers ladder.state typing partner.away "
        "partner.back conversation.resumed conversation.ended pong error"
    )

    assert set(words.split()) == server.SERVER_TYPES
