"""How much nonsense and how many frames one connection may send."""

from dataclasses import replace

from chat.domain.limits import FrameLimits
from chat.domain.policy import SOCKET
from common.ratelimit import Rule


def limits(**changes) -> FrameLimits:
    return FrameLimits(now=0.0, policy=replace(SOCKET, **changes))


def test_the_twentieth_bad_frame_within_a_minute_is_one_too_many():
    one = limits()

    assert [one.hopeless(float(at)) for at in range(20)] == [False] * 19 + [True]


def test_twenty_bad_frames_in_more_than_a_minute_are_forgiven():
    one = limits()
    at = [number * 3.2 for number in range(100)]

    assert not any(one.hopeless(when) for when in at)


def test_old_nonsense_is_forgotten():
    one = limits()
    for _ in range(19):
        one.hopeless(0.0)

    assert not one.hopeless(61.0)


def test_frames_are_counted_as_records_are():
    one = limits(frames=Rule(capacity=10, per_second=1))

    assert not one.flooding(0.0, frames=9)
    assert not one.flooding(0.0)
    assert one.flooding(0.0)


def test_more_records_than_the_bucket_holds_are_a_flood_at_the_second_time():
    one = limits(frames=Rule(capacity=10, per_second=1))

    assert not one.flooding(0.0, frames=5000)
    assert one.flooding(0.0, frames=5000)


def test_joins_have_a_pace():
    one = limits(joins=Rule(capacity=2, per_second=0.5))

    assert [one.join_wait(0.0) for _ in range(3)] == [0.0, 0.0, 2.0]
    assert one.join_wait(2.0) == 0.0
