from datetime import timedelta

from trust.domain.policy import POLICY


def test_key_times_are_those_of_the_protocol():
    assert POLICY.key_opens == timedelta(hours=24)
    assert POLICY.key_stamps_after == timedelta(hours=12)
    assert POLICY.key_verifies_after == timedelta(days=14)


def test_next_key_is_made_within_the_life_of_the_present_one():
    assert timedelta(0) < POLICY.key_made_ahead < POLICY.key_opens
