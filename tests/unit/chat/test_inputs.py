"""Inputs: the words of the wire, and nobody's name."""

from dataclasses import fields
from typing import get_args

import pytest

from chat.domain.inputs import Farewell, Input, LeaveReason, Moment


def test_leave_reasons_and_farewells_are_the_protocols_words():
    assert {each.value for each in LeaveReason} == {
        "next",
        "stop",
        "report",
        "integrity",
    }
    assert {each.value for each in Farewell} == {
        "good_chat",
        "language",
        "no_sound",
        "brb",
    }


@pytest.mark.parametrize("kind", get_args(Input), ids=lambda kind: kind.__name__)
def test_no_input_can_say_who_it_is_from(kind):
    names = {field.name for field in fields(kind)}

    assert not names & {"by", "role", "side", "sender", "visitor", "person", "from_"}


def test_a_moment_is_read_on_two_clocks():
    assert Moment(steady=1.0, unix=2.0) == (1.0, 2.0)
