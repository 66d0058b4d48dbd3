"""Signals: their shape, their size, how many candidates."""

import pytest

from chat.domain.codes import Code, FrameRefusedError
from chat.domain.inputs import Candidate, Describe
from chat.domain.policy import CONVERSATION
from chat.domain.signal import SDP_BYTES, Generations, candidate_of, description_of

CANDIDATE = {
    "candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host",
    "sdpMid": "0",
    "sdpMLineIndex": 0,
    "usernameFragment": "abcd",
}


def of_generation(ufrag) -> Candidate:
    return Candidate(init={"candidate": "x", "usernameFragment": ufrag})


@pytest.mark.parametrize("kind", ["offer", "answer", "pranswer", "rollback"])
def test_a_description_keeps_kind_and_sdp_and_nothing_else(kind):
    read = description_of({"type": kind, "sdp": "v=0", "evil": 1})

    assert read == Describe(kind=kind, sdp="v=0")


def test_a_rollback_needs_no_sdp():
    assert description_of({"type": "rollback"}) == Describe(kind="rollback", sdp="")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "v=0",
        [],
        {},
        {"type": "offer", "sdp": None},
        {"type": "offer", "sdp": 1},
        {"type": "bye", "sdp": ""},
        {"type": ["offer"], "sdp": ""},
    ],
)
def test_what_is_no_description_is_a_bad_frame(value):
    with pytest.raises(FrameRefusedError) as refusal:
        description_of(value)

    assert refusal.value.code is Code.BAD_FRAME


@pytest.mark.parametrize("sdp", ["x" * (SDP_BYTES + 1), "é" * (SDP_BYTES // 2 + 1)])
def test_an_sdp_is_measured_in_bytes(sdp):
    with pytest.raises(FrameRefusedError) as refusal:
        description_of({"type": "offer", "sdp": sdp})

    assert refusal.value.code is Code.TOO_LARGE


def test_the_largest_sdp_passes():
    assert len(description_of({"type": "offer", "sdp": "x" * SDP_BYTES}).sdp) == 32_768


def test_a_candidate_keeps_the_members_of_the_dictionary():
    assert candidate_of({**CANDIDATE, "evil": 1}) == Candidate(init=CANDIDATE)


def test_members_that_are_missing_or_null_stay_so():
    init = {"candidate": "", "sdpMid": None, "sdpMLineIndex": None}

    assert candidate_of(init) == Candidate(init=init)
    assert candidate_of({}) == Candidate(init={})


def test_null_is_the_end_of_candidates():
    assert candidate_of(None) == Candidate(init=None)


@pytest.mark.parametrize(
    "value",
    [
        "candidate",
        [],
        {"candidate": None},
        {"candidate": "x" * 2049},
        {"candidate": "", "sdpMid": 0},
        {"candidate": "", "sdpMid": "m" * 257},
        {"candidate": "", "sdpMLineIndex": True},
        {"candidate": "", "sdpMLineIndex": -1},
        {"candidate": "", "sdpMLineIndex": 256},
        {"candidate": "", "sdpMLineIndex": 0.0},
        {"candidate": "", "usernameFragment": 1},
    ],
)
def test_what_is_no_candidate_is_a_bad_frame(value):
    with pytest.raises(FrameRefusedError) as refusal:
        candidate_of(value)

    assert refusal.value.code is Code.BAD_FRAME


def test_a_generation_has_room_for_64_candidates():
    counts = Generations(CONVERSATION)
    admitted = [counts.admit(of_generation("a")) for _ in range(65)]

    assert admitted == [True] * 64 + [False]
    assert counts.admit(of_generation("b"))


def test_candidates_that_name_no_generation_share_one():
    counts = Generations(CONVERSATION)
    for ufrag in [None, ""] * 32:
        counts.admit(of_generation(ufrag))

    assert not counts.admit(Candidate(init={}))


def test_the_end_of_candidates_is_free():
    counts = Generations(CONVERSATION)

    assert all(counts.admit(Candidate(init=None)) for _ in range(100))


def test_only_the_last_generations_are_remembered():
    counts = Generations(CONVERSATION)
    for number in range(1000):
        counts.admit(of_generation(str(number)))

    assert len(counts._counts) == CONVERSATION.generations
