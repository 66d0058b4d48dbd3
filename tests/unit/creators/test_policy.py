from datetime import timedelta

from creators.domain.policy import POLICY


def test_a_crown_has_an_end():
    assert timedelta(0) < POLICY.crown_term <= timedelta(days=366)
