"""Shared token buckets in a real Redis."""

import threading
import time

import pytest

from common.ratelimit import Rule
from common.ratelimit_redis import take
from common.redis import sync_redis

pytestmark = pytest.mark.usefixtures("redis_url")
RULE = Rule(capacity=3, per_second=2)


def test_as_many_at_once_as_it_holds():
    assert [take("one", RULE) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert 0 < take("one", RULE) <= 0.5
    assert take("other", RULE) == 0.0


def test_tokens_come_back_at_their_rate():
    for _ in range(3):
        take("one", RULE)
    time.sleep(0.51)

    assert take("one", RULE) == 0.0
    assert take("one", RULE) > 0


def test_a_refusal_takes_nothing():
    for _ in range(3):
        take("one", RULE)
    waits = [take("one", RULE) for _ in range(20)]

    assert max(waits) <= 0.5
    assert waits == sorted(waits, reverse=True)


def test_a_dearer_thing_waits_longer():
    take("one", RULE)

    assert take("one", RULE, cost=3.0) == pytest.approx(0.5, abs=0.1)
    assert take("one", RULE, cost=2.0) == 0.0


def test_it_never_holds_more_than_its_capacity():
    take("one", RULE)
    time.sleep(1.6)

    assert [take("one", RULE) > 0 for _ in range(4)] == [False, False, False, True]


def test_a_slow_rule_keeps_its_fractions():
    slow = Rule(capacity=1, per_second=0.5)
    take("one", slow)

    assert take("one", slow) == pytest.approx(2.0, abs=0.2)


def test_two_cannot_take_the_same_token():
    taken = []
    threads = [
        threading.Thread(target=lambda: taken.append(take("one", RULE)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert taken.count(0.0) == 3


def test_a_full_bucket_is_forgotten():
    take("one", RULE)
    assert sync_redis().keys() == [b"ss:bucket:one"]
    time.sleep(1.6)

    assert sync_redis().keys() == []
