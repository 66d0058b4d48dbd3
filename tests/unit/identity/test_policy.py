from dataclasses import FrozenInstanceError

import pytest

from identity.domain.policy import IdentityPolicy


def test_the_floor_is_18_unless_an_operator_asks_more():
    assert IdentityPolicy().age_floor_years == 18
    assert IdentityPolicy(age_floor_years=21).age_floor_years == 21


def test_a_policy_does_not_change_under_a_rule():
    with pytest.raises(FrozenInstanceError):
        IdentityPolicy().age_floor_years = 0
