"""Records say who holds a conversation, and what a latecomer is told."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.effects import EndReason
from chat.domain.inputs import Farewell
from chat.domain.ladder import LadderState, Proposal, Step
from chat.domain.policy import RECORD
from chat.domain.record import (
    ConversationRecord,
    Ending,
    RecordError,
    Takeover,
    may_take_over,
    may_write,
    read,
    told,
    with_home,
    write,
)
from common.ids import ConversationId, PersonId, VisitorId, WorkerId
from common.vocabulary import Mode
from tests.unit.chat.records_of import HERE, THERE, ended, record
from trust.domain.franking import Role

A, B = Role.A, Role.B
YOUNG, OLD = RECORD.young_seconds - 0.1, RECORD.young_seconds


def takeover(of, *, home_alive=False, age=OLD):
    return may_take_over(
        of, home_alive=home_alive, store_age_seconds=age, policy=RECORD
    )


# --- who may write, and who may take ----------------------------------------------


@pytest.mark.parametrize("age", [YOUNG, OLD])
def test_what_has_ended_is_nobodys(age):
    assert takeover(ended(record()), age=age) is Takeover.ENDED


@pytest.mark.parametrize("age", [YOUNG, OLD])
def test_a_home_that_lives_is_asked(age):
    assert takeover(record(), home_alive=True, age=age) is Takeover.HOME_LIVES


@pytest.mark.parametrize("of", [None, record(), record(open=False)])
def test_nothing_is_decided_while_homes_write_back_what_a_store_lost(of):
    assert takeover(of, age=YOUNG) is Takeover.STORE_YOUNG


@pytest.mark.parametrize(
    ("of", "outcome"),
    [
        (None, Takeover.UNKNOWN),
        (record(), Takeover.FREE),
        (record(open=False), Takeover.UNFINISHED),
    ],
)
def test_when_the_home_is_dead_only_an_open_conversation_goes_on(of, outcome):
    assert takeover(of) is outcome


def test_a_home_writes_where_nothing_stands_and_over_its_own():
    assert may_write(record(), over=None)
    assert may_write(record(open=True), over=record(open=False))


def test_another_home_at_the_same_epoch_or_above_stands():
    assert not may_write(record(home=HERE), over=record(home=THERE))
    assert not may_write(record(home=HERE, epoch=1), over=record(home=HERE, epoch=2))


def test_a_higher_epoch_replaces_what_a_former_home_wrote_back():
    assert may_write(record(home=HERE, epoch=2), over=record(home=THERE, epoch=1))


def test_nothing_is_written_over_an_end():
    assert not may_write(record(epoch=9), over=ended(record()))


def test_a_new_home_raises_the_epoch():
    assert with_home(record(home=HERE, epoch=3), THERE) == record(home=THERE, epoch=4)


# --- what a latecomer is told -----------------------------------------------------


@pytest.mark.parametrize("reason", EndReason)
def test_a_latecomer_is_told_the_reason_that_was_kept(reason):
    over = ended(record(), {A: reason})

    assert told(over, A) is reason


def test_a_side_whose_own_time_ran_out_came_too_late():
    assert told(ended(record(), {B: EndReason.PARTNER_LOST}), A) is EndReason.EXPIRED


@pytest.mark.parametrize("of", [None, record()])
def test_without_a_reason_it_has_expired(of):
    assert told(of, A) is EndReason.EXPIRED


# --- as bytes ---------------------------------------------------------------------

seconds = st.floats(0, 1e10)
texts = st.text(min_size=1, max_size=20)
steps = st.sampled_from(Step)
ids = st.uuids()
endings = st.builds(
    Ending,
    at=seconds,
    reasons=st.dictionaries(st.sampled_from(Role), st.sampled_from(EndReason)),
    farewell=st.none() | st.sampled_from(Farewell),
)
records = st.builds(
    ConversationRecord,
    id=st.binary(min_size=16, max_size=16).map(ConversationId),
    home=texts.map(WorkerId),
    epoch=st.integers(1, 1 << 40),
    mode=st.sampled_from(Mode),
    highest=steps,
    suite=st.integers(0, 255),
    kid=st.integers(0, 65_535),
    started=seconds,
    visitors=st.fixed_dictionaries({role: ids.map(VisitorId) for role in Role}),
    persons=st.fixed_dictionaries({role: ids.map(PersonId) for role in Role}),
    open=st.booleans(),
    ladder=st.builds(
        LadderState, step=steps, max=steps, version=st.integers(1, 1 << 40)
    ),
    ended=st.none() | endings,
)


@given(records)
def test_what_was_written_is_read(of):
    assert read(write(of)) == of


def test_an_open_proposal_is_not_kept():
    ladder = LadderState(step=Step.TEXT, max=Step.CLEAR, version=4)
    asked = Proposal(step=Step.VOICE, by=A, closes_at=1.0)

    written = write(record(ladder=replace(ladder, proposal=asked)))

    assert read(written).ladder == ladder


@given(st.binary(max_size=60))
def test_other_bytes_are_no_record(raw):
    with pytest.raises(RecordError):
        read(raw)


def test_every_field_is_needed():
    document = json.loads(write(ended(record())))

    for name in document:
        rest = {key: value for key, value in document.items() if key != name}
        with pytest.raises(RecordError):
            read(json.dumps(rest))


NOT_NUMBERS = [True, None, "1", -1, 1.5, 1 << 60, [], {}]
WRONG = {
    "version": [0, 2, *NOT_NUMBERS],
    "id": ["", "AA", "!" * 22, "A" * 23, 7, None],
    "home": ["", 7, None, []],
    "epoch": [0, *NOT_NUMBERS],
    "mode": ["sung", None, 1, []],
    "highest": ["naked", None, 1, []],
    "suite": [256, *NOT_NUMBERS],
    "kid": [65_536, *NOT_NUMBERS],
    "started": [True, None, "1", -1, float("nan"), float("inf"), 10**400, []],
    "visitors": [{}, {"A": str(UUID(int=1))}, {"A": "x", "B": "y"}, None, 1, []],
    "persons": [{}, {"A": 1, "B": 2}, "AB"],
    "open": [0, 1, None, "true"],
    "ladder": [[], ["text", "clear"], ["text", "clear", 0], ["x", "clear", 1], None, 3],
    "ended": [
        {},
        [],
        True,
        {"at": -1, "reasons": {}, "farewell": None},
        {"at": 1, "reasons": {"C": "left"}, "farewell": None},
        {"at": 1, "reasons": {"A": "bored"}, "farewell": None},
        {"at": 1, "reasons": [], "farewell": None},
        {"at": 1, "reasons": {}, "farewell": "see you"},
    ],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in WRONG.items() for value in values],
)
def test_a_field_that_cannot_be_is_refused(name, value):
    document = json.loads(write(record())) | {name: value}

    with pytest.raises(RecordError):
        read(json.dumps(document))


def test_deep_nesting_is_refused():
    with pytest.raises(RecordError):
        read(b"[" * 100_000)
