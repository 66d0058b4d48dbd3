import dataclasses

import pytest

from common.vocabulary import Band, Strictness
from matching.domain.ticket import SUITES
from tests.unit.matching.people import ticket


def test_a_newcomer_names_nothing_and_takes_everybody():
    newcomer = ticket()

    assert (newcomer.band, newcomer.trust, newcomer.priority_seconds) == (
        Band.NEW,
        500,
        0,
    )
    assert newcomer.strictness is Strictness.BALANCED
    named = (newcomer.interests, newcomer.languages, newcomer.regions)
    assert named == ((), (), frozenset())
    assert newcomer.suites == SUITES


def test_a_ticket_never_changes():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ticket().mode = "voice"
