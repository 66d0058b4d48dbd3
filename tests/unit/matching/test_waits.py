from hypothesis import given
from hypothesis import strategies as st

from matching.domain.policy import POLICY
from matching.domain.waits import ExpectedWait, expected_wait

NEEDED = POLICY.waits_needed


def test_too_few_waits_promise_nothing():
    assert expected_wait([1.0] * (NEEDED - 1), policy=POLICY) is None


def test_percentiles_by_nearest_rank():
    waits = [float(number) for number in range(NEEDED, 0, -1)]

    assert expected_wait(waits, policy=POLICY) == ExpectedWait(p50=10.0, p90=18.0)


@given(st.lists(st.floats(0, 900), min_size=NEEDED, max_size=60))
def test_percentiles_were_measured_and_are_in_order(waits):
    expected = expected_wait(waits, policy=POLICY)

    assert set(expected) <= set(waits)
    assert expected.p50 <= expected.p90
