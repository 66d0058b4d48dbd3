import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, connections
from django.test.utils import CaptureQueriesContext

from trust import selectors
from trust.models import FrankingKey
from trust.selectors import opening_key, opening_key_forget, stamp_key
from trust.services import franking_keys_rotate

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_first_key_is_made_when_it_is_needed():
    key = opening_key(NOW)

    assert key.kid == FrankingKey.objects.get().kid
    assert key.opens_until == NOW + 24 * HOUR
    assert len({key.stamp_key, key.seal_key}) == 2
    assert len(key.stamp_key) == len(key.seal_key) == 32


def test_the_key_is_read_once_a_day():
    opening_key(NOW)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        opening_key(NOW + 23 * HOUR)
    assert len(queries) == 0


def test_the_next_day_has_the_next_key():
    first = opening_key(NOW)
    franking_keys_rotate(now=NOW + 23 * HOUR)

    assert opening_key(NOW + 24 * HOUR - HOUR / 60).kid == first.kid
    second = opening_key(NOW + 24 * HOUR)
    assert second.kid == first.kid + 1
    assert second.stamp_key != first.stamp_key


def test_a_missed_rotation_is_made_up_for():
    opening_key(NOW)

    assert opening_key(NOW + 50 * HOUR).kid == 2


def test_every_process_reads_the_same_key():
    first = opening_key(NOW)
    opening_key_forget()

    assert opening_key(NOW) == first


def test_a_key_in_a_log_shows_no_bytes():
    shown = repr(opening_key(NOW))

    assert "kid=" in shown
    assert "stamp_key" not in shown
    assert "seal_key" not in shown


def test_whoever_loses_the_race_for_the_first_key_takes_the_winners(monkeypatch):
    def other_process_is_faster(*, now):
        franking_keys_rotate(now=now)
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(selectors, "franking_keys_rotate", other_process_is_faster)

    assert opening_key(NOW).kid == FrankingKey.objects.get().kid


def test_without_any_key_it_says_so(monkeypatch):
    monkeypatch.setattr(selectors, "franking_keys_rotate", lambda *, now: None)

    with pytest.raises(RuntimeError, match="no franking key"):
        opening_key(NOW)


@pytest.mark.django_db(transaction=True)
def test_threads_that_start_together_share_one_key():
    start, kids = threading.Barrier(4), []

    def read():
        start.wait()
        kids.append(opening_key(NOW).kid)
        connections.close_all()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert kids == [1, 1, 1, 1]
    assert FrankingKey.objects.count() == 1


def test_a_running_conversations_key_stamps_twelve_hours_longer():
    key = opening_key(NOW)
    franking_keys_rotate(now=NOW + 23 * HOUR)
    opening_key(NOW + 24 * HOUR)  # remembered from now on
    until = NOW + 36 * HOUR

    assert stamp_key(key.kid, NOW + 24 * HOUR) == key.stamp_key
    assert stamp_key(key.kid, until - HOUR / 60) == key.stamp_key
    assert stamp_key(key.kid, until) is None


def test_the_remembered_key_stamps_no_longer_than_any_other():
    key = opening_key(NOW)

    assert stamp_key(key.kid, NOW + 36 * HOUR) is None


def test_the_key_that_opens_costs_no_query():
    key = opening_key(NOW)
    with CaptureQueriesContext(connection) as queries:
        assert stamp_key(key.kid, NOW + HOUR) == key.stamp_key

    assert len(queries) == 0


def test_a_key_that_is_not_there_stamps_nothing():
    assert stamp_key(opening_key(NOW).kid + 1, NOW) is None
