import pytest

from common.vocabulary import Region
from matching.domain.policy import POLICY


def test_weights_add_up_to_one():
    weights = (
        POLICY.interests_weight,
        POLICY.languages_weight,
        POLICY.region_weight,
        POLICY.trust_weight,
    )

    assert sum(weights) == pytest.approx(1.0)


def test_nearness_is_symmetric_and_full_at_home():
    for one in Region:
        assert POLICY.nearness[one, one] == 1.0
        for other in Region:
            assert POLICY.nearness[one, other] == POLICY.nearness[other, one]
            assert 0 <= POLICY.nearness_unknown <= POLICY.nearness[one, other]


def test_looks_end_when_nobody_is_choosy_any_more():
    assert list(POLICY.looks_seconds) == sorted(POLICY.looks_seconds)
    assert POLICY.looks_seconds[-1] == POLICY.choosy_seconds


def test_times_and_counts_of_the_protocol():
    assert POLICY.recent_partner_seconds == 900
    assert (POLICY.waits_window_seconds, POLICY.waits_needed) == (900, 20)
    assert POLICY.bands_apart_max == 1
