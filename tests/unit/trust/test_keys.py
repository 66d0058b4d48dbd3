from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust.domain.keys import FIRST_KID, KID_COUNT, KeyLife, due, opening
from trust.domain.policy import POLICY

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def life(kid=1, *, opened_hours_ago=0):
    return KeyLife.starting(NOW - opened_hours_ago * HOUR, kid=kid, policy=POLICY)


def rotated(keys, now):
    """Apply what is due."""
    rotation = due(keys, now, POLICY)
    kept = [key for key in keys if key.kid not in rotation.destroy]
    return [*kept, *rotation.make]


def test_a_life_is_24_hours_then_12_then_14_days():
    key = life()

    assert key.opens_until - key.opens_from == 24 * HOUR
    assert key.stamps_until - key.opens_until == 12 * HOUR
    assert key.verifies_until - key.stamps_until == timedelta(days=14)


def test_a_key_opens_until_but_not_at_its_end():
    key = life()

    assert key.opens(NOW)
    assert not key.opens(NOW - HOUR)
    assert not key.opens(key.opens_until)


def test_a_key_is_dead_from_the_end_of_its_life():
    key = life()

    assert not key.dead(key.verifies_until - HOUR)
    assert key.dead(key.verifies_until)


def test_the_first_key_opens_at_once():
    rotation = due([], NOW, POLICY)

    assert rotation.make == (life(FIRST_KID),)
    assert rotation.destroy == ()


def test_nothing_is_due_while_a_key_opens_for_long():
    rotation = due([life(opened_hours_ago=22)], NOW, POLICY)

    assert (rotation.make, rotation.destroy) == ((), ())


def test_the_next_key_follows_without_a_gap():
    present = life(opened_hours_ago=23)

    (following,) = due([present], NOW, POLICY).make

    assert following.opens_from == present.opens_until
    assert following.kid == present.kid + 1


def test_after_a_long_silence_a_key_opens_now():
    (following,) = due([life(5, opened_hours_ago=30)], NOW, POLICY).make

    assert (following.kid, following.opens_from) == (6, NOW)


def test_when_the_clock_went_back_a_key_opens_now():
    ahead = life(5, opened_hours_ago=-72)

    made = due([ahead], NOW, POLICY).make

    assert opening(made, NOW) is not None


def test_a_dead_key_is_destroyed_and_its_number_goes_on():
    dead = life(9, opened_hours_ago=24 * 20)

    rotation = due([dead], NOW, POLICY)

    assert rotation.destroy == (9,)
    assert [key.kid for key in rotation.make] == [10]


def test_numbers_wrap_and_skip_those_in_use():
    keys = [life(0, opened_hours_ago=99), life(KID_COUNT - 1, opened_hours_ago=30)]

    (following,) = due(keys, NOW, POLICY).make

    assert following.kid == 1


def test_age_is_told_by_time_not_by_number():
    newest, older = life(0, opened_hours_ago=1), life(65535, opened_hours_ago=2)

    assert opening([newest, older], NOW) == newest
    assert opening([older, newest], NOW) == newest


@pytest.mark.parametrize("keys", [[], [life(opened_hours_ago=25)]])
def test_no_key_opens_when_all_are_past(keys):
    assert opening(keys, NOW) is None


@given(st.lists(st.integers(1, 60 * 24 * 40), min_size=1, max_size=60))
def test_rotation_at_any_times_keeps_one_key_open(minutes):
    """Run at odd times: a key opens after each run, and a second run is idle."""
    now, keys = NOW, []
    for step in minutes:
        now += timedelta(minutes=step)
        keys = rotated(keys, now)

        assert opening(keys, now) is not None
        assert len({key.kid for key in keys}) == len(keys)
        assert not any(key.dead(now) for key in keys)
        assert rotated(keys, now) == keys


@given(opened=st.integers(0, 24 * 60 - 1), asked=st.integers(0, 24 * 60 * 14))
def test_a_key_outlives_every_report_on_what_it_stamped(opened, asked):
    """A conversation lasts up to 12 h; its reports may come 14 days after."""
    keys = rotated([], NOW)
    ended = NOW + timedelta(minutes=opened) + 12 * HOUR

    assert keys[0] in rotated(keys, ended + timedelta(minutes=asked) - HOUR / 60)
