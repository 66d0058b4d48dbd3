from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from trust.domain.wrapping import Purpose, WrappedKeyError, unwrap, wrapping_key
from trust.models import FrankingKey
from trust.services import franking_keys_rotate
from trust.tasks import franking_keys_rotate as task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def opened(row, purpose, secret=None):
    under = wrapping_key(secret or settings.FRANKING_MASTER_KEY)
    wrapped = {
        Purpose.STAMP: row.wrapped_stamp_key,
        Purpose.SEAL: row.wrapped_seal_key,
    }[purpose]
    return unwrap(bytes(wrapped), under=under, kid=row.kid, purpose=purpose)


def test_the_first_run_makes_a_key():
    rotation = franking_keys_rotate(now=NOW)

    row = FrankingKey.objects.get()
    assert rotation.make == (row.life,)
    assert row.life.opens(NOW)


def test_a_second_run_changes_nothing():
    franking_keys_rotate(now=NOW)
    before = list(FrankingKey.objects.values())

    rotation = franking_keys_rotate(now=NOW + HOUR)

    assert (rotation.make, rotation.destroy) == ((), ())
    assert list(FrankingKey.objects.values()) == before


def test_keys_are_random_apart_and_wrapped():
    franking_keys_rotate(now=NOW)
    franking_keys_rotate(now=NOW + DAY)
    keys = {
        opened(row, purpose) for row in FrankingKey.objects.all() for purpose in Purpose
    }

    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}
    stored = b"".join(bytes(row.wrapped_stamp_key) for row in FrankingKey.objects.all())
    assert not any(key in stored for key in keys)


def test_another_master_secret_opens_no_stored_key():
    franking_keys_rotate(now=NOW)

    with pytest.raises(WrappedKeyError):
        opened(FrankingKey.objects.get(), Purpose.STAMP, "another secret")


def test_a_month_of_runs_keeps_what_reports_need_and_no_more():
    for hours in range(0, 24 * 30, 6):
        franking_keys_rotate(now=NOW + hours * HOUR)
    now = NOW + 24 * 30 * HOUR - 6 * HOUR

    lives = [row.life for row in FrankingKey.objects.all()]
    assert not any(life.dead(now) for life in lives)
    assert len(lives) == 15
    assert min(life.verifies_until for life in lives) - now <= DAY


def test_a_dead_key_is_overwritten_before_its_row_goes():
    franking_keys_rotate(now=NOW)
    seen = []

    def record(execute, sql, params, many, context):
        seen.append((sql.split()[0], params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        franking_keys_rotate(now=NOW + 20 * DAY)

    verbs = [verb for verb, _ in seen]
    assert verbs.index("UPDATE") < verbs.index("DELETE")
    update = next(params for verb, params in seen if verb == "UPDATE")
    # psycopg wraps what sqlite3 takes as it is.
    written = [getattr(one, "obj", one) for one in update]
    assert bytes(60) in [bytes(one) for one in written if not isinstance(one, int)]
    assert [row.kid for row in FrankingKey.objects.all()] == [2]


def test_a_half_done_rotation_leaves_nothing(monkeypatch):
    franking_keys_rotate(now=NOW)

    def failing(_kid):
        raise RuntimeError("power cut")

    monkeypatch.setattr("trust.services._key_destroy", failing)
    with pytest.raises(RuntimeError):
        franking_keys_rotate(now=NOW + 20 * DAY)

    assert [row.kid for row in FrankingKey.objects.all()] == [1]


def test_the_task_rotates_by_the_clock():
    task()

    assert FrankingKey.objects.count() == 1


@pytest.mark.parametrize("kid", [-1, 65536])
def test_a_number_beyond_16_bits_is_no_key(kid):
    franking_keys_rotate(now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        FrankingKey.objects.update(kid=kid)


def test_two_keys_cannot_start_together():
    franking_keys_rotate(now=NOW)
    twin = FrankingKey.objects.get()
    twin.kid = 2

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
