from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.domain.age import (
    AgeOutcome,
    AgeVerdict,
    age_outcome,
    age_verdict,
    completed_years,
    retry_check,
)
from identity.domain.policy import IdentityPolicy

TODAY = date(2026, 3, 15)
POLICY = IdentityPolicy()
ANA, BO = bytes(16), bytes([1]) * 16
KEY = b"k" * 32


def outcome(birth_date, today=TODAY, policy=POLICY):
    return age_outcome(birth_date, today=today, policy=policy)


@pytest.mark.parametrize(
    ("birth_date", "expected"),
    [
        (date(2008, 3, 15), AgeOutcome.ADULT),
        (date(2008, 3, 16), AgeOutcome.UNDER_FLOOR),
        (date(2008, 2, 29), AgeOutcome.ADULT),
        (TODAY, AgeOutcome.UNDER_FLOOR),
        (date(2026, 3, 16), AgeOutcome.INVALID),
        (date(9999, 12, 31), AgeOutcome.INVALID),
        (date(1905, 3, 16), AgeOutcome.ADULT),
        (date(1905, 3, 15), AgeOutcome.INVALID),
        (date(1, 1, 1), AgeOutcome.INVALID),
    ],
)
def test_a_birth_date_has_an_outcome(birth_date, expected):
    assert outcome(birth_date) == expected


def test_the_leap_day_child_comes_of_age_on_the_first_of_march():
    assert outcome(date(2008, 2, 29), date(2026, 2, 28)) == AgeOutcome.UNDER_FLOOR
    assert outcome(date(2008, 2, 29), date(2026, 3, 1)) == AgeOutcome.ADULT
    assert completed_years(date(2008, 2, 29), today=date(2028, 2, 29)) == 20


def test_an_operator_may_ask_for_more_years():
    strict = IdentityPolicy(age_floor_years=21)

    assert outcome(date(2006, 3, 15), policy=strict) == AgeOutcome.UNDER_FLOOR


@given(st.dates(date(1906, 3, 16), TODAY), st.integers(0, 40_000))
def test_nobody_grows_younger(birth_date, days):
    later = TODAY + timedelta(days=days)

    assert completed_years(birth_date, today=later) >= completed_years(
        birth_date, today=TODAY
    )


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("stated", AgeOutcome)
class TestVerdict:
    def test_a_first_statement_stands_by_itself(self, stated, repeated):
        expected = {
            AgeOutcome.ADULT: AgeVerdict.ADMITTED,
            AgeOutcome.UNDER_FLOOR: AgeVerdict.LOCKED_OUT,
            AgeOutcome.INVALID: AgeVerdict.INVALID,
        }[stated]

        assert age_verdict(stated, earlier=None, repeated=repeated) == expected

    def test_the_locked_out_stay_out_whatever_they_send(self, stated, repeated):
        verdict = age_verdict(stated, earlier=AgeOutcome.UNDER_FLOOR, repeated=repeated)

        assert verdict == AgeVerdict.LOCKED_OUT

    def test_an_adult_may_repeat_but_not_restate(self, stated, repeated):
        verdict = age_verdict(stated, earlier=AgeOutcome.ADULT, repeated=repeated)

        assert verdict == (AgeVerdict.ADMITTED if repeated else AgeVerdict.ALREADY_SET)


def test_the_retry_check_is_the_same_for_the_same_statement():
    first = retry_check(date(1990, 1, 2), visitor=ANA, key=KEY)

    assert first == retry_check(date(1990, 1, 2), visitor=ANA, key=KEY)
    assert 0 <= first <= 255


def test_the_retry_check_depends_on_date_visitor_and_key():
    dates = [date(1950, 1, 1) + timedelta(days=days) for days in range(200)]

    def checks(visitor, key):
        return [retry_check(day, visitor=visitor, key=key) for day in dates]

    assert len(set(checks(ANA, KEY))) > 100
    assert checks(ANA, KEY) != checks(BO, KEY)
    assert checks(ANA, KEY) != checks(ANA, b"q" * 32)


def test_the_retry_check_cannot_name_a_birth_date():
    """Every value is shared by more than a hundred days of a lifetime."""
    days = (date(1908, 1, 1) + timedelta(days=count) for count in range(36_500))
    shared = [0] * 256
    for day in days:
        shared[retry_check(day, visitor=ANA, key=KEY)] += 1

    assert min(shared) > 90
