import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ratelimit import Rule, full, take

RULE = Rule(capacity=8, per_second=2)


def test_a_burst_goes_out_and_no_more():
    bucket = full(RULE, 10.0)

    assert [take(bucket, 10.0, RULE) for _ in range(9)] == [0.0] * 8 + [0.5]


def test_tokens_come_back_up_to_the_capacity():
    bucket = full(RULE, 0.0)
    take(bucket, 0.0, RULE, cost=8)

    assert take(bucket, 1.0, RULE, cost=2) == 0.0
    assert take(bucket, 1.0, RULE) == pytest.approx(0.5)
    assert take(bucket, 3600.0, RULE, cost=8) == 0.0
    assert take(bucket, 3600.0, RULE) > 0


def test_a_refusal_takes_nothing():
    bucket = full(RULE, 0.0)
    take(bucket, 0.0, RULE, cost=7)

    assert take(bucket, 0.0, RULE, cost=2) == pytest.approx(0.5)
    assert take(bucket, 0.0, RULE, cost=1) == 0.0


def test_a_clock_that_steps_back_gives_nothing_and_takes_nothing():
    bucket = full(RULE, 100.0)
    take(bucket, 100.0, RULE, cost=8)

    assert take(bucket, 50.0, RULE) == pytest.approx(0.5)
    assert take(bucket, 100.5, RULE) == 0.0


@given(st.lists(st.floats(0, 5), max_size=60))
def test_nobody_gets_more_than_burst_plus_rate(waits):
    bucket, now, taken = full(RULE, 0.0), 0.0, 0
    for wait in waits:
        now += wait
        taken += take(bucket, now, RULE) == 0.0

    assert taken <= RULE.capacity + RULE.per_second * now + 1e-6
