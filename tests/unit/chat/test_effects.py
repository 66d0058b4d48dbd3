"""Effects: each names whom it is for, and ends are the protocol's words."""

from dataclasses import fields
from typing import get_args

import pytest

from chat.domain.effects import (
    CancelTimer,
    Effect,
    EndReason,
    Finish,
    Save,
    SetTimer,
    Timer,
)
from trust.domain.franking import Role

FOR_NOBODY = {SetTimer, CancelTimer, Save, Finish}


@pytest.mark.parametrize("kind", get_args(Effect), ids=lambda kind: kind.__name__)
def test_what_reaches_a_client_names_its_role(kind):
    names = {field.name for field in fields(kind)}

    assert ("to" in names) == (kind not in FOR_NOBODY)


def test_the_reasons_of_an_end_are_the_protocols():
    words = "left partner_left partner_lost expired moderated integrity"

    assert {reason.value for reason in EndReason} == set(words.split())


def test_each_side_has_a_window_of_its_own():
    windows = {timer for timer in Timer if timer.name.startswith("WINDOW_")}

    assert {timer.name[-1] for timer in windows} == {role.name for role in Role}
