"""Where a conversation stands when only its record is left."""

import pytest

from chat.domain.ladder import LadderState, Step
from chat.domain.policy import CONVERSATION
from chat.domain.recovery import NO_SOCKET_YET, recover
from chat.domain.state import Phase
from common.vocabulary import Mode
from tests.unit.chat.records_of import record
from tests.unit.chat.talks import KEY, START, A, B


def recovered(now=START, **fields):
    known = record(**fields)
    return known, recover(known, stamp_key=KEY, now=now, policy=CONVERSATION)


def test_the_terms_are_those_of_the_record():
    known, state = recovered(mode=Mode.VOICE, highest=Step.BLURRED, kid=7)
    terms = state.terms

    assert (terms.id, terms.mode, terms.highest) == (known.id, Mode.VOICE, Step.BLURRED)
    assert (terms.kid, terms.stamp_key) == (7, KEY)
    assert state.policy is CONVERSATION


def test_both_are_awaited_from_now():
    _, state = recovered()

    assert state.phase is Phase.RECOVERING
    assert state.away == {A: START.steady + 60, B: START.steady + 60}
    assert state.claimed == {}
    assert {side.slot for side in state.sides.values()} == {NO_SOCKET_YET}


def test_nothing_is_known_of_what_was_said():
    _, state = recovered()

    for side in state.sides.values():
        assert (side.sent.accepted, side.sent.acked, side.sent.handed) == (0, 0, 0)


def test_the_ladder_stands_where_the_record_says():
    ladder = LadderState(step=Step.VOICE, max=Step.BLURRED, version=9)
    _, state = recovered(mode=Mode.VIDEO, ladder=ladder)

    assert (state.ladder.step, state.ladder.max) == (ladder.step, ladder.max)
    assert state.ladder.proposal is None


def test_clients_take_its_ladder_for_newer_than_any_they_saw():
    ladder = LadderState(step=Step.VOICE, max=Step.BLURRED, version=9)
    _, state = recovered(mode=Mode.VIDEO, ladder=ladder)

    assert state.ladder.version > ladder.version + 100


@pytest.mark.parametrize(("offset", "age"), [(600.5, 600.5), (0.0, 0.0), (-5.0, 0.0)])
def test_its_life_goes_on_and_never_begins_later_than_now(offset, age):
    """Two hosts may not agree about the time."""
    begun = START.unix - offset
    _, state = recovered(started=begun)

    assert state.started == (START.steady - age, begun)
