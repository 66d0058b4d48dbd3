from datetime import UTC, timedelta

from common import clock


def test_now_is_aware_and_in_utc():
    assert clock.now().tzinfo is UTC


def test_the_readings_agree():
    assert (
        abs(clock.now().timestamp() - clock.unix())
        < timedelta(minutes=1).total_seconds()
    )


def test_the_monotonic_clock_never_goes_back():
    readings = [clock.monotonic() for _ in range(1000)]

    assert readings == sorted(readings)


def test_own_work_counts_what_is_done_and_not_what_is_waited_for():
    began, first = clock.monotonic(), clock.own_work()
    while clock.own_work() - first < 0.01:
        pass

    assert clock.monotonic() - began >= 0.009
