"""A running conversation as bytes, and the one that is read from them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain import inputs as on
from chat.domain.conversation import Conversation
from chat.domain.effects import Deliver, ShowLadder, Stamped
from chat.domain.inputs import Moment
from chat.domain.ladder import Step
from chat.domain.policy import CONVERSATION
from chat.domain.snapshot import SnapshotError, read, write
from chat.domain.state import Phase
from common.encoding import b64u_encode
from common.vocabulary import Mode
from tests.unit.chat.histories import drive, last_turns, turns
from tests.unit.chat.talks import (
    KEY,
    SLOTS,
    START,
    A,
    B,
    ack,
    half_recovered,
    later,
    message,
    opened,
    parted,
    reached,
)

SHIFT = float(1 << 20)
"""Seconds between the steady clocks of two processes."""
PACED = (on.Describe, on.Candidate, on.Typing)
"""Their buckets start anew."""


def elsewhere(now: Moment) -> Moment:
    return Moment(now.steady + SHIFT, now.unix)


def moved(talk, now=START) -> Conversation:
    """Take a conversation over, on another clock."""
    raw = write(talk.state, now)
    state = read(raw, stamp_key=KEY, now=elsewhere(now), policy=CONVERSATION)
    return Conversation(state)


def without_clock(effects):
    """Write times of the steady clock as those of the process that wrote it."""
    return tuple(_without_clock(each) for each in effects)


def _without_clock(effect):
    if not isinstance(effect, ShowLadder) or effect.state.proposal is None:
        return effect
    asked = effect.state.proposal
    asked = replace(asked, closes_at=asked.closes_at - SHIFT)
    return replace(effect, state=replace(effect.state, proposal=asked))


beginnings = st.sampled_from([Phase.OPEN, Phase.OPEN, Phase.RECOVERING])
befores = st.lists(turns, min_size=5, max_size=40)
afters = st.lists(
    last_turns.filter(lambda turn: not isinstance(turn[1], PACED)),
    min_size=5,
    max_size=30,
)


@given(beginnings, befores, afters)
def test_it_goes_on_elsewhere_as_it_would_have_here(phase, before, after):
    here, now = reached(phase, Mode.VIDEO), START
    for turn in drive(here, before):
        now = turn.now
    here.receive(on.ProposalDue(), now=now)  # an open question does not move
    there = moved(here, now)

    assert there.go_on(elsewhere(now)) == here.go_on(now)
    for turn in drive(here, after, now=now):
        answered = there.receive(turn.said, by=turn.by, now=elsewhere(turn.now))
        assert without_clock(answered) == turn.effects
        now = turn.now
    assert write(there.state, elsewhere(now)) == write(here.state, now)


@given(beginnings, befores)
def test_neither_the_stamp_key_nor_anything_said_is_in_it(phase, before):
    talk, now = reached(phase, Mode.VIDEO), START
    for turn in drive(talk, before):
        now = turn.now
    raw = write(talk.state, now)

    assert KEY not in raw
    assert KEY.hex().encode() not in raw
    assert b64u_encode(KEY).encode() not in raw
    assert b64u_encode(b"\x66" * 12).encode() not in raw


def test_what_was_stamped_here_is_delivered_there_with_its_stamp():
    talk = parted(B)
    [stamped] = talk.receive(message(), by=A, now=START)
    there = moved(talk)
    there.receive(on.Resumed(slot=3, received=0), by=B, now=elsewhere(START))
    again = there.receive(message(), by=A, now=elsewhere(later(60)))

    assert [type(each) for each in again] == [Deliver, Stamped]
    assert again[1] == stamped


def test_the_time_of_stamps_does_not_fall_when_the_next_clock_is_late():
    talk = opened()
    talk.receive(message(), by=A, now=later(100))
    there = moved(talk, later(100))
    _, stamped = there.receive(message(1), by=A, now=elsewhere(START))

    assert there.state.time_bucket == later(100).unix // 10
    assert stamped.seq == 1


def test_the_pace_is_kept_as_it_stands():
    """Nobody gains or loses a message because a server restarts."""
    talk = opened()
    for seq in range(8):
        talk.receive(message(seq), by=A, now=START)
    soon, rested = moved(talk), moved(talk, later(2))

    [refused] = soon.receive(message(8), by=A, now=elsewhere(START))
    assert refused.retry_after_seconds == 0.5
    for seq in range(8, 12):
        delivered, _ = rested.receive(message(seq), by=A, now=elsewhere(later(2)))
        assert delivered.seq == seq


def test_an_open_question_does_not_move():
    """Both sockets are gone, and with them who was asked."""
    talk = opened()
    talk.receive(on.Propose(step=Step.VOICE), by=A, now=START)
    ladder = moved(talk).state.ladder

    assert (ladder.proposal, ladder.step, ladder.version) == (None, Step.TEXT, 2)


def test_what_it_holds_is_what_the_record_does_not():
    talk = opened()
    for seq in range(2):
        talk.receive(message(seq), by=A, now=START)
    talk.receive(ack(1), by=B, now=START)
    document = json.loads(write(talk.state, later(7)))

    assert (document["version"], document["phase"], document["age"]) == (1, "open", 7)
    assert {role: side["slot"] for role, side in document["sides"].items()} == {
        role.name: slot for role, slot in SLOTS.items()
    }
    assert document["sides"]["A"]["accepted"] == 2
    assert len(document["sides"]["A"]["held"]) == 1


# --- garbage --------------------------------------------------------------------


def read_here(raw):
    return read(raw, stamp_key=KEY, now=START, policy=CONVERSATION)


def busy() -> Conversation:
    """Fill every field of a snapshot."""
    talk = half_recovered()
    talk.receive(on.Resumed(slot=9, received=0), by=B, now=START)
    talk.receive(message(), by=A, now=START)
    talk.receive(on.Lost(), by=B, now=START)
    talk.state.claimed[A] = 1
    return talk


WHOLE = json.loads(write(busy().state, START))


def paths(value, at=()):
    """Name every place in a document."""
    if at:
        yield at
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from paths(value[key], (*at, key))


def changed(path, new):
    document = json.loads(json.dumps(WHOLE))
    *parents, last = path
    place = document
    for key in parents:
        place = place[key]
    if new is ...:
        del place[last]
    else:
        place[last] = new
    return json.dumps(document).encode()


jsons = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**400), 2**64])
    | st.floats()
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
    ),
    max_leaves=8,
)


def test_the_document_that_is_spoilt_below_is_whole():
    assert read_here(json.dumps(WHOLE).encode()).phase is Phase.OPEN


@given(st.binary(max_size=100) | jsons.map(lambda value: json.dumps(value).encode()))
def test_anything_else_is_no_snapshot(raw):
    with pytest.raises(SnapshotError):
        read_here(raw)


@given(st.sampled_from(list(paths(WHOLE))), jsons | st.just(...))
def test_a_spoilt_snapshot_is_read_or_refused(path, new):
    try:
        state = read_here(changed(path, new))
    except SnapshotError:
        return

    assert isinstance(state.phase, Phase)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_snapshot_without_one_of_its_parts_is_none(name):
    with pytest.raises(SnapshotError):
        read_here(changed((name,), ...))


@pytest.mark.parametrize("version", [0, 2, None, "1"])
def test_another_version_is_not_guessed_at(version):
    with pytest.raises(SnapshotError):
        read_here(changed(("version",), version))


@pytest.mark.parametrize("path", [("age",), ("started",), ("away", "B")])
def test_a_time_beyond_all_numbers_is_none(path):
    with pytest.raises(SnapshotError):
        read_here(changed(path, 10**400))


def test_a_snapshot_nested_beyond_reason_is_none():
    with pytest.raises(SnapshotError):
        read_here(b"[" * 100_000)
